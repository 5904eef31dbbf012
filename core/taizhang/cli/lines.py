"""Lines on the command line: ``--attendance 王小明=出席`` once for each, or ``--attendance @FILE.csv``."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from taizhang.cli.options import given
from taizhang.cli.words import LANGUAGE, say

if TYPE_CHECKING:
    from taizhang.declarations.fields import FieldSpec


def with_lines(
    given: Mapping[str, Sequence[str]], declared: Mapping[str, FieldSpec]
) -> dict[str, Any]:
    """Gathers what was given for each field: of a field of lines all of it, of others the one text.

    Args:
        given: The texts by field, as often as each was given.
        declared: The fields that there are.

    Raises:
        click.UsageError: For a field that was given twice and holds no lines.
        Usage: For a file that cannot be read.
    """
    from taizhang.words.labels import called

    fields: dict[str, Any] = {}
    labels = {name: spec.label for name, spec in declared.items()}
    for word, texts in given.items():
        name = called(word, labels) or word
        spec = declared.get(name)
        if spec is not None and spec.line is not None:
            fields[name] = [line for text in texts for line in _lines(text)]
        elif len(texts) > 1 or name in fields:
            raise click.UsageError(
                say("--{name} 给了两次|--{name} was given twice").format(name=name)
            )
        else:
            fields[name] = texts[0]
    return fields


def _lines(text: str) -> list[Any]:
    if text.startswith("@") and len(text) > 1:
        return rows_in(Path(text[1:]))
    return [text] if text.strip() else []


def rows_in(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file (UTF-8 or GB18030), by the names or labels in its first row; empty cells
    count as not given. Raises ``Usage`` for a file that cannot be read.
    """
    from taizhang.words.errors import Usage
    from taizhang.words.labels import clean

    raw = given(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError:
            raise Usage(
                "{path} 既不是 UTF-8 也不是 GB18030 文本|{path} is neither UTF-8 nor GB18030",
                path=path,
            ) from None
    try:
        rows = [row for row in csv.reader(io.StringIO(text)) if any(clean(cell) for cell in row)]
    except csv.Error as error:
        raise Usage(
            "{path} 读不出来：{what}|{path} cannot be read: {what}", path=path, what=error
        ) from None
    heads = [clean(head) for head in rows[0]] if rows else []
    for number, row in enumerate(rows[1:], 1):
        if any(clean(cell) for cell in row[len(heads) :]):
            raise Usage(
                "{path} 第 {line} 行的格数比表头多|{path}, row {line}: more cells than headers",
                path=path,
                line=number,
            )
    return [
        {head: cell for head, cell in zip(heads, row, strict=False) if head and clean(cell)}
        for row in rows[1:]
    ]


def described(spec: FieldSpec) -> list[str]:
    """Describes in words how the lines of a field are written, and what a line has."""
    from taizhang.decisions.lines import divided
    from taizhang.declarations.fields import specs

    assert spec.line is not None
    fields = specs(spec.line)
    labels = [s.label.text(LANGUAGE) for s in fields.values()]
    between = "，" if LANGUAGE == "zh" else ","
    form = labels[0] + ("=" + between.join(labels[1:]) if labels[1:] else "")
    told = [
        say(
            "可给多次，或用逗号隔开；或 @文件.csv|once for each, or divided by commas; or @FILE.csv"
        )
        if divided(spec)
        else say(
            "每行一次，写成 {form}；后面的也可以写成 名称：值；或 @文件.csv，首行为名称"
            "|once a line, as {form}; later ones also as NAME:VALUE; or @FILE.csv, names in its first row"
        ).format(form=form)
    ]
    for name, inner in fields.items():
        must = say("必填|required") if inner.required else say("可选|optional")
        choices = ("、" if LANGUAGE == "zh" else ", ").join(c.text(LANGUAGE) for c in inner.choices)
        more = say("编号或唯一的名称|an id, or a name that is unique") if inner.entity else choices
        hint = "" if inner.help is None else inner.help.text(LANGUAGE)
        said = [f"{name}  {inner.label.text(LANGUAGE)} ({must})", more, hint]
        told.append("      " + "  ".join(filter(None, said)))
    return told
