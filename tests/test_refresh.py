"""The way in for newer data: one interface for all scripts, one command that says what changes."""

import hashlib
import re
from types import SimpleNamespace

import pytest
import refresh
from byhand import script

from multivector import paths
from multivector.facts import tables

SCRIPTS = sorted(file.stem for file in paths.DERIVE.glob("*.py"))


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_has_the_same_interface(name, capsys):
    module = script(name)
    with pytest.raises(SystemExit) as ended:
        module.main(["--help"])
    assert ended.value.code == 0
    assert "--to TO" in capsys.readouterr().out
    assert "python data/derive/" in module.__doc__
    if name != "sea_route":  # its upstream is a package, not a file
        with pytest.raises(SystemExit) as ended:
            module.main(["/no/such/file"] * 3)
        assert ended.value.code == 2
        assert "SHA-256" in module.__doc__ or "sha256" in module.__doc__, "the upstream file must be identified"


def test_every_derived_table_names_a_script_that_exists():
    for name in tables.names():
        made_by = tables.resource(name).get("derived_from", {})
        made_by = made_by.get("script", "") if isinstance(made_by, dict) else ""
        assert not made_by or (paths.ROOT / made_by).exists(), name


def test_script_writes_where_it_is_told(tmp_path):
    upstream = tmp_path / "new.csv"
    upstream.write_text("iso3,year,hdi\nNAM,2022,0.6\nXXX,2022,0.1\nKAZ,2022,\n", "utf-8")
    for place in (tmp_path / "one.csv", tmp_path / "folder"):
        script("hdi").main([str(upstream), "--to", str(place)])
        file = place if place.suffix else place / "hdi.csv"
        assert file.read_bytes() == b"iso3,year,hdi\nNAM,2022,0.6\n"


def test_upstream_that_is_no_table_is_one_line(tmp_path):
    upstream = tmp_path / "broken.csv"
    upstream.write_bytes(b"iso3,year,hdi\n\xe4\xff,1,1\n")
    with pytest.raises(SystemExit, match="not a CSV in UTF-8"):
        script("hdi").main([str(upstream), "--to", str(tmp_path / "x.csv")])


def test_refresh_on_the_sample_names_rows_numbers_and_the_verdict_that_turns(project):
    """What `make refresh-check` runs."""
    makefile = (project.root / "Makefile").read_text("utf-8")
    command = re.search(r"^refresh-check:.*\n\t@\$\(BIN\)/python (.+)$", makefile, re.M).group(1).split()
    before = (project.root / "data/macro.csv").read_bytes()
    done = project.run(*command)
    assert done.returncode == 0, done.stdout + done.stderr
    for text in (
        "macro: 0 rows new, 0 gone, 1 different",
        "~ KAZ 2022: cpi_inflation_pct 15.0279 → 8.0415",
        "war.inflation(year=2022): 15.0% → 8.0%",
        "C-35 (qualified)",
        "true → false; judge the claim anew",
        "Nothing was written",
    ):
        assert text in done.stdout
    assert (project.root / "data/macro.csv").read_bytes() == before


@pytest.mark.parametrize(("expected", "status"), [(["C-35"], 0), ([], 1), (["C-01"], 1), (["C-01", "C-35"], 1)])
def test_another_verdict_than_was_told_of_is_a_fault_and_so_is_none(expected, status, monkeypatch):
    monkeypatch.setattr(refresh.subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=0))
    monkeypatch.setattr(refresh, "tell_consequences", lambda *_: ["C-35 (qualified): what was so"])
    assert refresh.main(["--sample", "--expect", *expected]) == status


def test_refresh_applies_a_harmless_change_and_refuses_a_broken_one(project, tmp_path):
    for chapter in (project.root / "chapters").glob("*.md"):  # what chapters print was asked above
        chapter.unlink()
    table = project.root / "data/hdi.csv"
    lines = table.read_text("utf-8").splitlines()
    newer = tmp_path / "newer.csv"
    newer.write_text("\n".join([*lines, "SSD,1990,0.4"]) + "\n", "utf-8")
    done = project.run("tools/refresh.py", "hdi", str(newer), "--apply")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "hdi: 1 rows new, 0 gone, 0 different" in done.stdout
    assert "+ SSD 1990: hdi 0.4" in done.stdout
    assert "Verdicts whose condition changes: 0 of" in done.stdout
    assert "Written and sealed: hdi." in done.stdout
    assert "SSD,1990,0.4" in table.read_text("utf-8")
    sealed = (project.root / "data/datapackage.json").read_text("utf-8")
    assert hashlib.sha256(table.read_bytes()).hexdigest() in sealed

    good = table.read_bytes()
    newer.write_text("\n".join([*lines, "SSD,1990,5.0"]) + "\n", "utf-8")
    done = project.run("tools/refresh.py", "hdi", str(newer), "--apply")
    assert done.returncode == 1
    assert "column hdi: value '5.0': expected at most 1" in done.stdout
    assert table.read_bytes() == good
