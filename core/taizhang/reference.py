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
from taizhang.ledger.schema import shown_names
from taizhang.loading import checking, hooks
from taizhang.loading.loader import core_registry
from taizhang.loading.table_checks import unused

_ROLE = re.compile(r":[a-z]+:`~?\.?([^`]+)`")
_CODE = re.compile(r"``([^`]+)``")


def reference() -> str:
    """The whole page."""
    parts = [
        "# Reference for authors\n\nWritten from the code by `make reference`; what is told here holds for "
        f"interface version {api.API}.",
        "## Kinds of field\n\n" + "\n".join(_kinds()),
        "## References\n\n" + "\n".join(_references()),
        "## Fields and classes\n\n" + "\n\n".join(_classes()),
        "## Declarations\n\n" + "\n\n".join(_declarations()),
        "## The ledger\n\n" + "\n\n".join(_ledger()),
        "## Tables of the core\n\n" + "\n".join(_tables()),
        "## Hooks\n\n" + "\n\n".join(_hooks()),
        "### What they are given, and give\n\n" + "\n\n".join(_given()),
        "## Checks of the contract\n\n" + "\n".join(_checks()),
        "## Further checks at load\n\n" + "\n".join(_loading()),
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
            wide = (
                ", or one that has a name in the table that stands in for it" if kind.wide else ""
            )
            yield f"| `{name}` | an entity `{kind.entity}`{person}{wide} |"


def _classes() -> Iterator[str]:
    """Lists what declarations are made of, with what authors write or override of each."""
    yield f"### `field({_signature(api.field, all=True)})`\n\n{_said(api.field)}"
    yield (
        "A field that may be left out is annotated with `| None` and has a default: "
        '`note: Text | None = field("备注|Note", default=None)`; a text that may be empty, '
        '`note: Text = field("备注|Note", default="")`. A reference to an entity of one\'s own is '
        '`Tree = Annotated[str, RefKind("xianfeng_tree")]`, with the kind that `programme.folds(..., entity=)` names.'
    )
    for cls in (api.Event, api.Row, api.Deed, api.Action, api.Dated, api.Impossible):
        methods = [
            f"- `{name}({_signature(member)})`: {_first(member)}"
            for name, member in sorted(vars(cls).items())
            if inspect.isfunction(member) and not name.startswith("_")
        ]
        if cls is api.Dated:
            methods = [f"- `Dated({', '.join(api.Dated.__struct_fields__)})`"]
        yield "\n".join(
            [f"### `{cls.__name__}`\n\n{_said(cls)}", *(["", *methods] if methods else [])]
        )


def _ledger() -> Iterator[str]:
    yield _said(api.Ledger)
    for name, member in vars(api.Ledger).items():
        if inspect.isfunction(member) and not name.startswith("_"):
            yield f"### `ledger.{name}({_signature(member)})`\n\n{_said(member)}"
    yield "`ledger.on` is the day, `ledger.known` the position, or None for now."


def _tables() -> Iterator[str]:
    """Tables that programmes may read, by the programme that `needs=` names for them."""
    yield "`needs=` of a programme names what stands in the first column."
    yield ""
    yield "| needs | table | entity | columns |"
    yield "|---|---|---|---|"
    for id, programme in sorted(core_registry().programmes.items()):
        for name, table in sorted(programme.tables.items()):
            entity = f"`{table.entity}`" if table.entity else ""
            columns = ", ".join(f"`{c}`" for c in shown_names(table))
            yield f"| `{id}` | `{name}` {table.label.zh} | {entity} | {columns} |"


def _loading() -> Iterator[str]:
    """Static checks that are no check of the contract by themselves: what they find is refused, or told."""
    from taizhang.testing.suite import CHECKS

    yield "| check | holds when | otherwise |"
    yield "|---|---|---|"
    for name, check in {**checking.STATIC, "unused": unused}.items():
        if name not in CHECKS:
            what = "refused" if check in checking.HOLDING else "told"
            yield f"| `{name}` | {_first(check)} | {what} |"


def _declarations() -> Iterator[str]:
    for owner, prefix in ((Programme, "programme"), (Table, "table")):
        for name in sorted(n for n in dir(owner) if not n.startswith("_")):
            member = inspect.getattr_static(owner, name)
            if inspect.isfunction(member) and not _cores_own(owner, name):
                given = _signature(member)
                yield f"### `{prefix}.{name}({given})`\n\n{_said(member)}"


def _cores_own(owner: type, name: str) -> bool:
    return owner is Programme and name in ("feed", "hierarchy")


def _signature(function: Any, *, all: bool = False) -> str:
    """Arguments without annotations, the first too if ``all``; those with defaults say them."""
    shown: list[str] = []
    for one in list(inspect.signature(function).parameters.values())[0 if all else 1 :]:
        if one.kind is one.KEYWORD_ONLY and not any(s.startswith("*") for s in shown):
            shown.append("*")
        default = "" if one.default in (one.empty, api.REQUIRED) else f"={one.default!r}"
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
