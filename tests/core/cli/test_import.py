"""Importing rosters: a dry run that says what is ready, one batch, and one bad row stops all."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from .conftest import Command

HEAD = ["序号", "姓名", "所在支部", "身份证号", "民族", "入党日期", "联系电话"]
ROWS = [
    [1, "王小明", "第一支部", "110101199001011234", "汉", "2003-7-1", "10012345678"],
    [2, "欧阳娜", "第二支部", "", "汉", "1987-06", ""],
]


def xlsx(path: Path, rows: list[list[object]]) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for i, row in enumerate([["天井湖社区党员名册"], HEAD, *rows]):
        for j, value in enumerate(row):
            sheet.write(i, j, value)
    book.close()
    return path


def csv(path: Path, rows: list[list[object]], encoding: str = "utf-8") -> Path:
    text = "\n".join(",".join(map(str, row)) for row in [HEAD, *rows])
    path.write_bytes(text.encode(encoding))
    return path


def test_dry_run_then_commit(office: Command, tmp_path: Path) -> None:
    file = xlsx(tmp_path / "名册.xlsx", ROWS)
    tried = office("import", "members", file, "--on", "2010-01-01", "--json")
    assert tried.code == 0
    assert tried.json["ready"] == 2
    assert tried.json["held"] == []
    assert tried.json["dropped"] == ["民族"]
    assert office("show", "members", "--json").json == []
    done = office("import", "members", file, "--on", "2010-01-01", "--commit", "--json")
    assert done.code == 0
    assert len(done.json["seq"]) == 2
    rows = office("show", "members", "--json").json
    assert [(r["name"], r["joined"], r["since"]) for r in rows] == [
        ("王小明", "2003-07-01", "2010-01-01"),
        ("欧阳娜", "1987-06", "2010-01-01"),
    ]
    again = office("import", "members", file, "--on", "2010-01-02", "--json").json
    assert again["ready"] == 0
    assert {p["line"] for p in again["held"]} == {3, 4}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_of_offices(office: Command, tmp_path: Path, encoding: str) -> None:
    file = csv(tmp_path / "r.csv", ROWS, encoding)
    assert office("import", "members", file, "--on", "2010-01-01", "--json").json["ready"] == 2


def test_one_bad_row_and_nothing_is_appended(office: Command, tmp_path: Path) -> None:
    bad: list[list[object]] = [
        *ROWS,
        [3, "赵六", "第一支部", 110101199001011234.0, "汉", "2003-7-1", ""],
        [4, "王小明", "第一支部", "110101199001011234", "汉", "2003-7-1", ""],
        [5, "孙七", "第三支部", "", "汉", "2003-13-1", ""],
        [6, "", "第一支部", "", "汉", "", ""],
    ]
    file = xlsx(tmp_path / "r.xlsx", bad)
    found = office("import", "members", file, "--on", "2010-01-01", "--commit", "--json")
    assert found.code == 1
    assert found.json["ready"] == 2
    held = {(p["line"], p["field"]) for p in found.json["held"]}
    assert held == {(5, "id_number"), (6, "name"), (7, "organisation"), (7, "joined"), (8, "name")}
    assert not found.json["committed"]
    assert office("show", "members", "--json").json == []
    assert len(office("events", "--json").json) == 5


def test_unreadable_files_are_said_to_be(office: Command, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 not a zip")
    (tmp_path / "b.txt").write_text("姓名")
    (tmp_path / "c.csv").write_text("甲,乙\n1,2\n")
    (tmp_path / "d.csv").write_bytes(b"\xff\xfe\x00\x80")
    for name in ("a.xlsx", "b.txt", "c.csv", "d.csv"):
        found = office("import", "members", tmp_path / name)
        assert found.code == 1, name
        assert "Traceback" not in found.err
        assert "zip" not in found.err.partition("：")[2], (
            "the library's English is nobody's concern"
        )
    assert (
        "a.xlsx 不是可读的 .xlsx 文件：已损坏"
        in office("import", "members", tmp_path / "a.xlsx").err
    )
    folder = office("import", "members", tmp_path)
    assert (folder.code, "是目录" in folder.err) == (1, True)


def test_a_zip_that_unfolds_to_too_much_is_refused(office: Command, tmp_path: Path) -> None:
    file = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 250_000_000)
    found = office("import", "members", file)
    assert found.code == 1
    assert "过大" in found.err


def test_branch_and_day_for_sheets_without_them(office: Command, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("姓名,党员类型\n钱七,预备党员\n")
    done = office(
        "import", "members", file, "--organisation", "第一支部", "--on", "2011-05-01", "--commit"
    )
    assert done.code == 0, done.err
    row = office("show", "members", "--json").json[0]
    assert (row["stage"], row["since"]) == ("预备党员", "2011-05-01")


def test_a_cell_without_end_is_named_by_its_line(office: Command, tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_text('姓名,支部\n王小明,第一支部\n"' + "长" * 200_000 + '",第一支部\n', "utf-8")
    result = office("import", "members", file)
    assert result.code == 1
    assert "第 3 行读不出来" in result.err
