"""`seal` records what is right, puts right what a spreadsheet spoils without loss, and refuses the rest unwritten."""

import re

LOSSES = {
    ("timeline", "1991-12-16", "16.12.1991"): r"timeline\.csv: row \d+, column date: value '16\.12\.1991': .*a date",
    ("transit", ",26.8,", ',"26,8",'): r"transit\.csv: row \d+, column transit_mt: value '26,8': .*type number",
    ("census", ",Russians,", ",Russians ,"): r"census\.csv: row \d+, column ethnic_group: value 'Russians '",
    ("census", ",Tatars,", ",\u0422atars,"): r"census\.csv: row \d+, column ethnic_group: .*CYRILLIC and LATIN",
    ("polls", "\n", "\n,,,,,,,,,,,,\n"): r"polls\.csv: row 2: no cell is filled; remove the row",
}


def test_what_a_spreadsheet_spoils_without_loss_is_put_right_and_told(project):
    file = project.root / "data/groups.csv"
    before = file.read_bytes()
    spoilt = before.replace(b"true", b"TRUE").replace(b"false", b"FALSE").replace(b"\n", b"\r\n")
    file.write_bytes(b"\xef\xbb\xbf" + spoilt)
    done = project.run("-m", "multivector", "seal")
    assert done.returncode == 0, done.stderr
    assert re.search(r"data/groups\.csv: byte order mark removed, line ends CR LF made LF, \d+ cells TRUE", done.stdout)
    assert file.read_bytes() == before


def test_what_would_lose_a_fact_is_refused_in_one_line_each(project):
    package = (project.root / "data/datapackage.json").read_bytes()
    for table, old, new in LOSSES:
        project.edit(f"data/{table}.csv", old, new)
    done = project.run("-m", "multivector", "seal")
    assert done.returncode == 1
    for told in LOSSES.values():
        assert re.search(told, done.stderr), (told, done.stderr)
    assert "Traceback" not in done.stderr
    assert (project.root / "data/datapackage.json").read_bytes() == package


def test_a_folder_in_the_place_of_a_table_is_told_in_one_line(project):
    file = project.root / "data/polls.csv"
    file.unlink()
    file.mkdir()
    for command in ("seal", "check"):
        done = project.run("-m", "multivector", command)
        assert done.returncode == 1
        assert (
            "data/polls.csv: cannot be read (Is a directory); mend its rights or restore it"
            in done.stderr + done.stdout
        )
        assert "Traceback" not in done.stderr
