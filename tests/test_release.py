"""A version, once published, keeps its address and its bytes, and the next one stands beside it."""

import functools
import http.server
import json
import zipfile

import pytest
import release
from conftest import serving

from multivector import paths
from multivector.book import citations, metadata
from multivector.cite import citing, deposit
from multivector.errors import BookError

BASE = "https://book.example/kz"


def state(version: str, commit: str = "aaaaaaaaaaaa") -> dict[str, str]:
    return {"version": version, "released": "2026-11-28", "commit": commit}


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "html"
    (folder / "chapters").mkdir(parents=True)
    (folder / "intro.html").write_text("first", "utf-8")
    (folder / "chapters" / "war.html").write_text("war", "utf-8")
    return folder


@pytest.fixture
def host(tmp_path):
    """A host that serves the folder ``published``."""
    (tmp_path / "published").mkdir()
    pages = functools.partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path / "published")
    with serving(pages) as address:
        yield address


def test_versions_stand_side_by_side(site, host, tmp_path):
    published, fresh = tmp_path / "published", tmp_path / "fresh"
    assert release.keep_earlier(host, published, "1.0.0") == [], "the first version finds none before it"
    release.lay_out(site, published, state("1.0.0"), [])
    (site / "intro.html").write_text("second", "utf-8")
    listed = release.keep_earlier(host, fresh, "1.1.0")
    release.lay_out(site, fresh, state("1.1.0"), listed)
    told = json.loads((fresh / "versions.json").read_text("utf-8"))
    assert [entry["version"] for entry in told] == ["1.0.0", "1.1.0"]
    assert (fresh / "intro.html").read_text("utf-8") == "second"
    assert (fresh / "v1.1.0" / "intro.html").read_text("utf-8") == "second"
    assert (fresh / "v1.0.0" / "intro.html").read_text("utf-8") == "first"
    assert (fresh / "v1.0.0" / "chapters" / "war.html").exists()
    earlier = [(folder / "v1.0.0" / "site.zip").read_bytes() for folder in (published, fresh)]
    assert earlier[0] == earlier[1], "and can be fetched again from the next"


def test_what_left_the_site_leaves_the_root_and_stays_in_its_version(site, tmp_path):
    folder = tmp_path / "published"
    release.lay_out(site, folder, state("1.0.0"), [])
    (site / "chapters" / "war.html").unlink()
    release.lay_out(site, folder, state("1.1.0"), [state("1.0.0")])
    assert not (folder / "chapters" / "war.html").exists()
    assert (folder / "v1.0.0" / "chapters" / "war.html").exists()


def test_a_published_version_is_not_written_again(site, tmp_path):
    with pytest.raises(BookError, match="raise the version"):
        release.lay_out(site, tmp_path / "out", state("1.0.0"), [state("1.0.0", "bbbbbbbbbbbb")])
    release.lay_out(site, tmp_path / "out", state("1.0.0"), [state("1.0.0")])


def test_an_earlier_version_is_never_lost_in_silence(site, host, answering, tmp_path):
    release.lay_out(site, tmp_path / "published", state("1.0.0"), [])
    (tmp_path / "published" / "v1.0.0" / "site.zip").unlink()
    with pytest.raises(BookError, match=r"version 1\.0\.0 is lost"):
        release.keep_earlier(host, tmp_path / "fresh", "1.1.0")
    with pytest.raises(BookError, match="answered 500"):
        release.keep_earlier(f"{answering}/500", tmp_path / "fresh", "1.1.0")


def test_an_archive_has_the_same_bytes_whenever_it_is_made(site, tmp_path):
    for name in ("a.zip", "b.zip"):
        release.write_archive(tmp_path / name, [("x/intro.html", site / "intro.html")], state("1.0.0"))
        (site / "intro.html").touch()
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert zipfile.ZipFile(tmp_path / "a.zip").read("x/intro.html") == b"first"


def test_what_is_unpacked_can_be_served_and_a_program_run(site, tmp_path):
    named = [("intro.html", site / "intro.html"), ("postBuild", paths.ROOT / "binder" / "postBuild")]
    release.write_archive(tmp_path / "a.zip", named, state("1.0.0"))
    modes = [entry.external_attr >> 16 for entry in zipfile.ZipFile(tmp_path / "a.zip").infolist()]
    assert modes == [0o644, 0o755]


def test_only_a_recorded_state_at_its_address_is_released(site, monkeypatch):
    monkeypatch.setattr(paths, "HTML", site)
    monkeypatch.setenv("BOOK_VERSIONS", "1")
    with pytest.raises(BookError, match="no address"):
        release.built("")
    with pytest.raises(BookError, match="file is missing"):
        release.built(BASE)
    good = citing.state(BASE) | {"commit": "aaaaaaaaaaaa"}
    wrong = {"version": "0.0.1", "data": "0" * 64, "latest": "https://other.example", "commit": "aaaaaaaaaaaa+"}
    for name, value in wrong.items():
        (site / "version.json").write_text(json.dumps(good | {name: value}), "utf-8")
        with pytest.raises(BookError, match="commit them" if name == "commit" else name):
            release.built(BASE)
    (site / "version.json").write_text(json.dumps(good), "utf-8")
    assert release.built(BASE) == good
    monkeypatch.delenv("BOOK_VERSIONS")
    (site / "version.json").write_text(json.dumps(good | {"this_version": BASE}), "utf-8")
    with pytest.raises(BookError, match="BOOK_VERSIONS"):
        release.built(BASE)


@pytest.mark.parametrize("value", ["kz", "ftp://host/x", "https://", "https://host/x?y=1", "https://host/#x", "a b"])
def test_a_wrong_address_is_told_in_one_line(value, monkeypatch):
    monkeypatch.setenv("BOOK_URL", value)
    with pytest.raises(BookError, match="BOOK_URL: value") as fault:
        citing.book_url()
    assert "\n" not in str(fault.value)


def test_citations_have_the_address_that_stays(monkeypatch):
    version = citing.work().version
    part = citing.Part("claim", "C-46", "A claim", "chapters/claims")
    assert citing.fixed_url(BASE) == BASE
    assert citations.version_switch(BASE, BASE, "chapters/war.html") == ""
    monkeypatch.setenv("BOOK_VERSIONS", "1")
    fixed = citing.fixed_url(BASE)
    assert fixed == f"{BASE}/v{version}"
    assert citing.fixed_url("") == ""
    switch = citations.version_switch(BASE, fixed, "chapters/war.html")
    assert f'href="{BASE}/v{version}/chapters/war.html"' in switch
    assert f'href="{BASE}/chapters/war.html"' in switch
    head = metadata.head_tags(part, "About.", BASE, fixed)
    assert f'name="citation_public_url" content="{fixed}/chapters/claims.html#C-46"' in head
    assert f'"url": "{BASE}/' in head


def test_description_for_a_repository_is_current():
    assert deposit.FILE.read_text("utf-8") == deposit.text(), "run `python -m multivector references`"
    record = json.loads(deposit.text())
    assert record["version"] == citing.work().version
    assert record["license"] == "cc-by-4.0"
    assert record["upload_type"] == "publication"
