"""Checks in use (使用中的检查): the programme's actions on a real store, with ordinary and with hostile words."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from taizhang.declarations.declared import ActionDeclaration
from taizhang.declarations.lines import line_fields, named
from taizhang.isolation.guard import PluginFault
from taizhang.isolation.quarantine import Quarantine
from taizhang.testing.drawing import Writer, is_free, shown, takes_free, with_free
from taizhang.testing.ledgers import Rows, readable
from taizhang.testing.properties import Differs, same
from taizhang.testing.stores import SINCE, Stores, Unloadable
from taizhang.testing.subject import Subject
from taizhang.words.errors import Dependents, TaizhangError
from taizhang.words.labels import unsafe
from taizhang.workspace import Receipt, Workspace

TIMES = 4
"""How often each action is recorded and taken back, with other fields."""

MAKES = 12
"""How often at most one that makes something, on which others rest."""

DRAWS = 8
"""How often in one turn an action that was never recorded is tried with other fields."""

TURNS = 40
"""Turns after which an action that was refused each time is taken for one that cannot be recorded."""

HOSTILE = (
    "李[/]",
    "[red]王[/red]",
    "\x1b[31m红\x1b[0m\x07",
    "陈\u202e文\u200b",
    "{0}%s\\",
    "长" * 10_000,
)
"""Markup, escape sequences, a text that turns around, formats, one as long as may be."""

SHOWN = HOSTILE[0]

SIZE = (240, 50)
"""Columns and lines of the screen on which tables are looked at."""


@contextmanager
def store_of(subject: Subject, check: str) -> Iterator[Workspace]:
    """A store with the programme loaded and something of every kind that programmes refer to."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            ws = Stores(folder / "templates", folder, stack)(subject.programme, people=True)
        except Unloadable as error:
            raise subject.broken(check, "", *error.pair, error.plugin) from None
        for action, fields in (
            ("organisation.found", {"name": "第二支部", "kind": "支部"}),
            ("organisation.found", {"name": "外地支部", "kind": "外部组织"}),
            ("unit.register", {"name": "第一小学"}),
            ("team.form", {"name": "义诊队", "organisation": "第一支部"}),
            ("place.register", {"name": "第一网格", "kind": "网格"}),
        ):
            ws.record(action, fields, on=SINCE)
        for name in ("王小明", "李立", "赵工"):
            fields = {"member": name, "scheme": "三种党员", "category": "在职党员"}
            ws.record("member.set_category", fields, on=SINCE)
        yield ws


def actions(subject: Subject) -> None:
    """Each action can be recorded; taken back, the rows are as before, and revived as they were."""
    with store_of(subject, "actions") as ws:
        writer = Writer(ws, subject.given)
        said: dict[str, str] = {}
        done: Counter[str] = Counter()
        makes: set[str] = set()
        for name, before, made in _recorded(subject, ws, "actions"):
            done[name] += 1
            _back_and_forth(subject, ws, name, made, before)
        for turn in range(TURNS):
            left = [n for n in subject.programme.actions if not done[n]]
            if not left and turn >= 2 * TIMES:
                break
            for name, action in subject.programme.actions.items():
                # First each of them once, with what others rest on made anew: one that ends something
                # leaves enough for the rest. Then all of them some times more.
                if done[name] >= (MAKES if name in makes else 1 if left else TIMES):
                    continue
                before = _rows(ws, subject)
                draws = 1 if done[name] else DRAWS
                receipt = None
                while receipt is None and draws:
                    receipt, said[name] = _attempt(subject, "actions", writer, action, turn=turn)
                    draws -= 1
                if receipt is None:
                    continue
                if receipt.ids:
                    makes.add(name)
                done[name] += 1
                if done[name] <= TIMES:
                    _back_and_forth(subject, ws, name, receipt, before)
    for name in subject.programme.actions:
        if not done[name]:
            raise subject.broken(
                "actions",
                name,
                f"填入的字段都登记不了：{said[name]}；可用 contract(…, given=…) 给出可行的值",
                f"could not be recorded with any fields: {said[name]}; "
                "contract(..., given=...) says which ones do",
            )


def _recorded(
    subject: Subject, ws: Workspace, check: str
) -> Iterator[tuple[str, dict[str, Rows], Receipt]]:
    """Records the history that was given: each action with the rows before it, and what was recorded."""
    for line in subject.history:
        words = dict(line)
        name, on = str(words.pop("action")), words.pop("on", SINCE)
        before = _rows(ws, subject)
        try:
            receipt = ws.record(name, words, on=on, reason="试验", accept=True)
        except PluginFault as error:
            zh, _, en = error.fault.said().partition("|")
            raise subject.broken(check, name, zh, en, error.fault.plugin) from None
        except TaizhangError as error:
            zh, en = error.pair
            what = f"所给的历史登记不了：{zh}", f"the history given cannot be recorded: {en}"
            raise subject.broken(check, name, *what) from None
        yield name, before, receipt


def _attempt(
    subject: Subject,
    check: str,
    writer: Writer,
    action: ActionDeclaration,
    free: str | None = None,
    turn: int | None = None,
) -> tuple[Receipt | None, str]:
    """Records an action with drawn fields, ``free`` in those that take any text; or says what rule
    refused it. Raises :class:`Broken` for anything else.
    """
    day = writer.day(turn)
    fields = writer.fields(action, day)
    if free is not None:
        fields = with_free(fields, action.fields, free)
    try:
        return writer.ws.record(action.name, fields, on=day, reason="试验", accept=True), ""
    except PluginFault as error:
        raise _failed(
            subject, check, action, fields, error.fault.said(), error.fault.plugin
        ) from None
    except TaizhangError as error:
        return None, error.text("zh")[:200]
    except Exception as error:
        what = f"出错：{type(error).__name__}: {error}|failed: {type(error).__name__}: {error}"
        raise _failed(subject, check, action, fields, what) from None


def _failed(
    subject: Subject,
    check: str,
    action: ActionDeclaration,
    fields: Mapping[str, Any],
    what: str,
    culprit: str = "",
) -> Exception:
    zh, _, en = what.partition("|")
    said = shown(fields)
    return subject.broken(check, action.name, f"{zh}（{said}）", f"{en} ({said})", culprit)


def _rows(ws: Workspace, subject: Subject) -> dict[str, Rows]:
    return readable(ws.at(), without=("seq",), only=subject.programme.tables)


def _back_and_forth(
    subject: Subject, ws: Workspace, name: str, receipt: Receipt, before: dict[str, Rows]
) -> None:
    """Voids what was recorded, and voids the voids."""
    after = _rows(ws, subject)
    _sound(subject, ws, name)
    try:
        for event in receipt.events:
            for line in _first_lines(event.event):
                void = ws.void(event.position, reason="试验", line=line).seq[-1]
                ws.void(void, reason="试验")
        voids = [ws.void(seq, reason="试验").seq[-1] for seq in reversed(receipt.seq)]
    except Dependents:
        return  # a rule says that it stays, for something on a later day rests on it
    except TaizhangError as error:
        raise subject.broken(
            "actions",
            name,
            f"登记之后不能作废：{error.pair[0]}",
            f"cannot be taken back: {error.pair[1]}",
        ) from None
    try:
        same(_rows(ws, subject), before)
        for seq in reversed(voids):
            ws.void(seq, reason="试验")
        same(_rows(ws, subject), after)
    except Differs as error:
        raise subject.broken(
            "actions",
            f"{name} {error.table}",
            f"作废（或撤销作废）之后台账与原先不同：{error.what}",
            f"taken back (or revived) its rows are not what they were: {error.what}",
        ) from None


def _first_lines(event: Any) -> Iterator[str]:
    """The first line of each field of lines: it, too, can be taken back alone, and revived."""
    for field in line_fields(type(event)):
        if getattr(event, field):
            yield named(field, 1)


def _sound(subject: Subject, ws: Workspace, name: str, check: str = "actions") -> None:
    """Nothing that was called for the action has put the programme into quarantine."""
    for fault in ws.registry.guard.quarantine.all():
        zh, _, en = fault.said().partition("|")
        said = f"登记之后{zh}", f"once it is recorded it {en}"
        raise subject.broken(check, name, *said, fault.plugin)


def hostile(subject: Subject) -> None:
    """Whatever people write, it goes through action, ledger, output and screen as plain text."""
    with store_of(subject, "hostile") as ws:
        writer = Writer(ws, subject.given)
        list(_recorded(subject, ws, "hostile"))
        for action in subject.programme.actions.values():
            for text in HOSTILE if takes_free(action.fields) else (None,):
                for _ in range(DRAWS):
                    receipt, _why = _attempt(subject, "hostile", writer, action, text)
                    _sound(subject, ws, action.name, "hostile")
                    if receipt is not None:
                        _plain_events(subject, ws, receipt)
                        break
        for name in subject.programme.tables:
            for row in ws.at().spans(name):
                for column, value in row.items():
                    _plain(subject, f"{name}.{column}", value)
        _output(subject, ws)
        _screen(subject, ws)


def _plain(subject: Subject, where: str, value: Any) -> None:
    if isinstance(value, str) and (found := unsafe(value)):
        code = f"U+{ord(found):04X}"
        raise subject.broken(
            "hostile", where, f"存有控制字符 {code}", f"holds the control character {code}"
        )


def _plain_events(subject: Subject, ws: Workspace, receipt: Receipt) -> None:
    for seq in receipt.seq:
        recorded = ws.event(seq)
        for name, value in recorded.payload.items():
            _plain(subject, f"{recorded.name}.{name}", value)


def _output(subject: Subject, ws: Workspace) -> None:
    from taizhang.cli import group

    ask = [
        ["events"],
        ["findings"],
        ["due"],
        ["figures"],
        *(["show", name] for name in subject.programme.tables),
    ]
    for words in ask:
        for more in ([], ["--json"]):
            done = CliRunner().invoke(group, ["--store", str(ws.paths.root), *words, *more])
            if done.exit_code:
                raise subject.broken(
                    "hostile",
                    " ".join(words),
                    f"命令失败：{done.output.strip() or done.exception}",
                    f"the command failed: {done.output.strip() or done.exception}",
                )
            # A command opens the store anew: what it blames on the programme stands on the disk.
            for fault in Quarantine(ws.paths.root).all():
                zh, _, en = fault.said().partition("|")
                raise subject.broken("hostile", " ".join(words), zh, en, fault.plugin)
            _plain(subject, " ".join(["taizhang", *words, *more]), done.output)


def _screen(subject: Subject, ws: Workspace) -> None:
    if importlib.util.find_spec("taizhang_tui") is None:
        return
    staged = importlib.import_module("taizhang_tui.testing").staged

    async def look() -> None:
        async with staged(ws, size=SIZE) as stage:
            for name, table in subject.programme.tables.items():
                await stage.table(name)
                await stage.shows(table.label.zh)
                for line in stage.lines():
                    _plain(subject, f"screen {name}", line)
                rows = ws.at().rows(name)
                cells = [
                    row[c] for row in rows for c, s in table.fields.items() if is_free(s) and row[c]
                ]
                if SHOWN in cells and SHOWN not in stage.text():
                    raise subject.broken(
                        "hostile",
                        f"screen {name}",
                        f"没有照原样显示“{SHOWN}”",
                        f"does not show “{SHOWN}” as it stands",
                    )
                await stage.press("escape")
            for name in subject.programme.screens:
                await stage.screen(subject.programme.id, name)
                for line in stage.lines():
                    _plain(subject, f"screen {name}", line)
                _sound(subject, stage.app.desk.ws, f"screen {name}", "hostile")
                await stage.press("escape")

    asyncio.run(look())
