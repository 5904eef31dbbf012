"""Rosters: reading a sheet of members and turning its rows into requests.

Columns are found by their label in either language; a column that names something which this ledger does
not keep of persons (民族, 健康状况 ...) is dropped and said so. Reading finds what it can
of every row: a row that cannot be taken is held with its reasons and nothing is guessed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from taizhang.declarations.declared import ActionDeclaration
from taizhang.loading import forbidden
from taizhang.office.sheets.cells import cells_of
from taizhang.words.errors import Invalid, Problem, Refused, TaizhangError
from taizhang.words.labels import Label, narrow
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.files import read

MAX_ROWS = 200_000

ALIASES: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "党员姓名", "名字"),
    "organisation": ("支部", "党支部", "所在支部", "所在党支部", "所属支部", "组织", "所在组织"),
    "phone": ("电话", "手机", "手机号", "手机号码", "联系电话", "联系方式"),
    "id_number": ("身份证", "身份证号", "身份证号码", "公民身份号码", "身份号码"),
    "joined": ("入党日期", "入党时间", "加入党组织日期"),
    "stage": ("党员类型", "党员类别", "人员类别", "正式/预备"),
    "category": ("类别", "分类", "党员分类", "三种党员"),
    "on": ("日期", "登记日期", "生效日期", "转入日期", "on"),
}

IGNORED = ("序号", "编号", "no", "no.", "#", "备注")


@dataclass(slots=True)
class Sheet:
    """A roster as read: requests by line, lines that are held, and what became of each column."""

    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    held: list[tuple[int, Problem]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    mapped: dict[str, str] = field(default_factory=dict)


def read_sheet(path: Path, action: ActionDeclaration) -> Sheet:
    """The rows of an .xlsx or .csv file as fields of ``action``. Raises :class:`Refused` for a file
    that cannot be read.
    """
    suffix = path.suffix.lower()
    if path.is_dir():
        raise Refused(
            "{path} 是目录，请指明其中的名册文件|{path} is a directory: name the roster in it",
            path=path,
        )
    if not path.exists():
        raise Refused("没有文件 {path}|there is no file {path}", path=path)
    if suffix == ".csv":
        table = _lines_of(path)
    elif suffix in (".xlsx", ".xlsm"):
        _bytes_of(path)  # Nothing but a file of a fair size is given to what unpacks it.
        table = cells_of(path, MAX_ROWS + 1)
    else:
        raise Refused("只能导入 .xlsx 和 .csv 文件|only .xlsx and .csv files can be imported")
    if len(table) > MAX_ROWS:
        raise Refused("名册超过 {n} 行|the roster has more than {n} rows", n=MAX_ROWS)
    return _mapped(table, action)


def _lines_of(path: Path) -> list[list[Any]]:
    reader = csv.reader(io.StringIO(_text_of(path)))
    try:
        return [list(row) for row in reader]
    except csv.Error:
        raise Refused(
            "{path} 第 {line} 行读不出来：有一格太长，或引号没有配对"
            "|{path}, line {line}: a cell is too long, or a quotation mark is not closed",
            path=path.name,
            line=reader.line_num,
        ) from None


def _text_of(path: Path) -> str:
    raw = _bytes_of(path)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(
        "{path} 既不是 UTF-8 也不是 GB18030 文本|{path} is neither UTF-8 nor GB18030",
        path=path.name,
    )


def _bytes_of(path: Path) -> bytes:
    try:
        return read(path) or b""
    except StoreError as error:
        zh, en = error.pair
        raise Refused("{zh}|{en}", zh=zh, en=en) from None


def _mapped(table: Sequence[Sequence[Any]], action: ActionDeclaration) -> Sheet:
    sheet = Sheet()
    start = _header(table, action)
    header = [narrow(str(c)) for c in table[start]]
    columns: dict[int, str] = {}
    for i, title in enumerate(header):
        if not title or title.lower() in IGNORED:
            continue
        if forbidden.column(title):
            sheet.dropped.append(title)
            continue
        name = _field_of(title, action)
        if name is None:
            sheet.unknown.append(title)
        elif name in columns.values():
            raise Refused("有两列都是“{title}”|two columns are {title}", title=title)
        else:
            columns[i] = name
            sheet.mapped[title] = name
    for number, row in enumerate(table[start + 1 :], start + 2):
        if not any(str(c).strip() for c in row):
            continue
        fields: dict[str, str] = {}
        bad: Problem | None = None
        for i, name in columns.items():
            value = row[i] if i < len(row) else ""
            label = action.fields[name].label if name in action.fields else Label("日期", "date")
            try:
                fields[name] = _text(value, name)
            except ValueError:
                rule = Label(
                    "单元格是数字，末几位已丢失；请把该列设为文本后重新填写",
                    "the cell is a number and has lost digits; make the column text and type it again",
                )
                bad = Problem(name, label, rule, line=number)
        if bad is not None:
            sheet.held.append((number, bad))
        else:
            sheet.rows.append((number, fields))
    return sheet


def _header(table: Sequence[Sequence[Any]], action: ActionDeclaration) -> int:
    """The row that names the columns: the first of ten that names at least the name column."""
    for i, row in enumerate(table[:10]):
        if "name" in {_field_of(narrow(str(c)), action) for c in row}:
            return i
    raise Refused(
        "前十行里没有“姓名”列；列名应为 {known}|no column 姓名 in the first ten rows; columns are {known}",
        known="、".join(names[0] for names in ALIASES.values()),
    )


def _field_of(title: str, action: ActionDeclaration) -> str | None:
    plain = title.replace(" ", "").rstrip("*")
    for name, aliases in ALIASES.items():
        if (name == "on" or name in action.fields) and plain in aliases:
            return name
    for name, spec in action.fields.items():
        if plain.lower() in (name, spec.label.zh, spec.label.en.lower().replace(" ", "")):
            return name
    return None


def _text(value: Any, name: str) -> str:
    """A cell as text. Raises ValueError for a number that cannot have kept its digits."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        if name == "id_number" or abs(value) >= 2**53:
            raise ValueError(value)
        return str(int(value)) if value == int(value) else str(value)
    if isinstance(value, int) and name == "id_number" and abs(value) >= 2**53:
        raise ValueError(value)
    return str(value)


def problems_of(error: TaizhangError, line: int, label: Label) -> list[Problem]:
    """An error of one row as problems with its line."""
    if isinstance(error, Invalid):
        return [Problem(p.field, p.label, p.rule, p.candidates, line) for p in error.problems]
    zh, en = error.pair
    return [Problem("", label, Label(zh, en), line=line)]
