"""The reference for authors (参考), written from the code: kinds of field, hooks, checks of the contract.

``python -m taizhang.reference`` prints it; ``make reference`` writes ``plugins/REFERENCE.md``, and a test
compares the two.
"""

from __future__ import annotations

import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

from taizhang import api
from taizhang.declarations.kinds import Kind, RefKind
from taizhang.declarations.programme import Programme, Table
from taizhang.loading import checking, hooks

_ROLE = re.compile(r":[a-z]+:`~?\.?([^`]+)`")
_CODE = re.compile(r"``([^`]+)``")


def reference() -> str:
    """The whole page."""
    parts = [
        "# Reference for authors\n\nWritten from the code by `make reference`; what is told here holds for "
        f"interface version {api.API}.",
        "## Kinds of field\n\n" + "\n".join(_kinds()),
        "## References\n\n" + "\n".join(_references()),
        "## Declarations\n\n" + "\n\n".join(_declarations()),
        "## Hooks\n\n" + "\n\n".join(_hooks()),
        "### What they are given, and give\n\n" + "\n\n".join(_given()),
        "## Checks of the contract\n\n" + "\n".join(_checks()),
    ]
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    """Docstring markup as Markdown."""
    return _CODE.sub(r"`\1`", _ROLE.sub(r"`\1`", text))


def _said(thing: object) -> str:
    return _plain(inspect.getdoc(thing) or "")


def _first(thing: object) -> str:
    return " ".join(_said(thing).split("\n\n")[0].split())


def _exported() -> Iterator[tuple[str, Any, Kind]]:
    for name in sorted(api.__all__):
        thing = getattr(api, name)
        if get_origin(thing) is Annotated:
            plain, kind = get_args(thing)[:2]
            if isinstance(kind, Kind):
                yield name, plain, kind


def _kinds() -> Iterator[str]:
    yield "| kind | Python | what people write, and what it is |"
    yield "|---|---|---|"
    for name, plain, kind in _exported():
        if not isinstance(kind, RefKind):
            sealed = " Personal: sealed in the event." if kind.personal else ""
            yield f"| `{name}` | `{plain.__name__}` | {_first(type(kind))}{sealed} |"


def _references() -> Iterator[str]:
    yield "| reference | names |"
    yield "|---|---|"
    for name, _, kind in _exported():
        if isinstance(kind, RefKind):
            person = ", a person" if kind.person else ""
            yield f"| `{name}` | an entity `{kind.entity}`{person} |"


def _declarations() -> Iterator[str]:
    for owner, prefix in ((Programme, "programme"), (Table, "table")):
        for name in sorted(n for n in dir(owner) if not n.startswith("_")):
            member = inspect.getattr_static(owner, name)
            if inspect.isfunction(member) and not _cores_own(owner, name):
                given = _signature(member)
                yield f"### `{prefix}.{name}({given})`\n\n{_said(member)}"


def _cores_own(owner: type, name: str) -> bool:
    return owner is Programme and name in ("feed", "hierarchy")


def _signature(function: Any) -> str:
    """Arguments without annotations; those with defaults say them."""
    shown: list[str] = []
    for one in list(inspect.signature(function).parameters.values())[1:]:
        if one.kind is one.KEYWORD_ONLY and not any(s.startswith("*") for s in shown):
            shown.append("*")
        default = "" if one.default is one.empty else f"={one.default!r}"
        shown.append(f"{one.name}{default}")
    return ", ".join(shown)


def _hooks() -> Iterator[str]:
    for name in sorted(hooks.names()):
        function = getattr(hooks.Specification, name)
        said, _, example = (inspect.getdoc(function) or "").partition("Example::\n")
        code = textwrap.dedent(example).strip("\n")
        yield f"### `{name}({_signature(function)})`\n\n{_plain(said).strip()}\n\n```\n{code}\n```"


def _given() -> Iterator[str]:
    for thing in (hooks.Office, hooks.OpenStore, hooks.Done, hooks.Scene, api.Board):
        yield f"`{thing.__name__}`: {_first(thing)}"
        members = {n: m for n, m in vars(thing).items() if not n.startswith("_")}
        methods = [(n, m) for n, m in members.items() if inspect.isfunction(m)]
        if methods:
            yield "\n".join(f"- `{n}({_signature(m)})`: {_first(m)}" for n, m in methods)


def _checks() -> Iterator[str]:
    from taizhang.testing.suite import CHECKS

    yield "| check | holds when | static |"
    yield "|---|---|---|"
    for name, check in CHECKS.items():
        static = checking.STATIC.get(name)
        said = _first(static if static is not None else check.run)
        yield f"| `{name}` | {said} | {'yes' if static is not None else ''} |"


if __name__ == "__main__":
    sys.stdout.write(reference())
