"""A plugin's heading (抬头): what its source says of itself, read without running it.

The literal ``programme = Programme("id", "名称|Name", api=1, needs=("members",))`` says for which version
of the interface it was written and what it needs. It is read from the text of the module, so that a
plugin which asks for what is not here is never imported.
"""

from __future__ import annotations

import ast

from msgspec import Struct

from taizhang.declarations.programme import API
from taizhang.words.errors import Usage


class Heading(Struct, frozen=True):
    """The arguments of ``Programme(...)`` that count before anything is run."""

    id: str
    label: str
    api: int
    needs: tuple[str, ...]
    version: str


def heading_of(source: str) -> Heading:
    """The heading in a module's text. Raises :class:`Usage` when there is none that can be read."""
    try:
        module = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 0
        raise Usage(
            "第 {line} 行不是有效的 Python：{what}|line {line} is not valid Python: {what}",
            line=line,
            what=getattr(error, "msg", error),
        ) from None
    calls = [call for statement in module.body if (call := _programme(statement)) is not None]
    if len(calls) != 1:
        raise Usage(
            "模块顶层应有且只有一处 programme = Programme(…)，这里有 {count} 处"
            "|a module has exactly one `programme = Programme(...)` at its top level, this has {count}",
            count=len(calls),
        )
    return _read(calls[0])


def _programme(statement: ast.stmt) -> ast.Call | None:
    if isinstance(statement, ast.Assign):
        targets: list[ast.expr] = statement.targets
        value: ast.expr | None = statement.value
    elif isinstance(statement, ast.AnnAssign):
        targets, value = [statement.target], statement.value
    else:
        return None
    named = any(isinstance(t, ast.Name) and t.id == "programme" for t in targets)
    if not named or not isinstance(value, ast.Call):
        return None
    called = value.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return value if name == "Programme" else None


def _read(call: ast.Call) -> Heading:
    words: dict[str, ast.expr] = dict(zip(("id", "label"), call.args, strict=False))
    words |= {k.arg: k.value for k in call.keywords if k.arg is not None}

    def literal(name: str, default: object) -> object:
        if name not in words:
            return default
        try:
            return ast.literal_eval(words[name])
        except (ValueError, TypeError):
            raise Usage(
                "Programme 的 {name} 应直接写出值，不能是算出来的"
                "|the {name} of Programme has to be written out as a literal",
                name=name,
            ) from None

    id, label, api = literal("id", None), literal("label", ""), literal("api", API)
    needs, version = literal("needs", ()), literal("version", "0")
    if (
        not isinstance(id, str)
        or not isinstance(label, str)
        or not isinstance(api, int)
        or not isinstance(version, str)
        or not isinstance(needs, tuple | list)
        or not all(isinstance(n, str) for n in needs)
    ):
        raise Usage(
            "Programme 的 id、label、version 应为文字，api 为整数，needs 为文字的列表"
            "|id, label and version of Programme are text, api is a number, needs a list of texts"
        )
    return Heading(id, label or id, api, tuple(needs), version)
