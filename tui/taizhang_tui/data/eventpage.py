"""The page of one event: envelope, payload, the chain of amendments, its tags and its siblings."""

from __future__ import annotations

import datetime as dt
import json

from taizhang.declarations.fields import specs
from taizhang.declarations.lines import split_name
from taizhang.ledger.lines import Told, said, statements, tell
from taizhang.ledger.naming import called
from taizhang.readmodels.listing import DIM, Row
from taizhang.readmodels.summaries import masked_payload, shown
from taizhang_eventstore.recorded import Recorded
from taizhang_tui import cells
from taizhang_tui.data.desk import View
from taizhang_tui.data.events import label, state, summary
from taizhang_tui.data.pages import Page, Target
from taizhang_tui.words import say

CHINA = dt.timezone(dt.timedelta(hours=8))
SIBLINGS = 100


def family(view: View, event: Recorded) -> list[Recorded]:
    """The root fact and everything that amends it, in the order of the log."""
    root = event.envelope.root or event.position
    first = view.log.get(root)
    amendments = view.log.read(tags=[f"fact:{root}"])
    return [*([first] if first is not None else []), *amendments]


def told_now(view: View, event: Recorded, line: str | None = None) -> Told | None:
    """What the fact says now, its lines at their numbers; None when it is void, or ``line`` of it is."""
    told = tell(statements(family(view, event)), said)
    if told is not None and line is not None:
        name, number = split_name(line)
        lines = getattr(told.event, name, ())
        if number > len(lines) or lines[number - 1] is None:
            return None
    return told


def when(event: Recorded) -> str:
    """When it was recorded, in China."""
    return f"{event.envelope.recorded_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


def event_page(view: View, seq: int, language: str, mask: bool = True) -> Page | None:
    """The page of the event at a position, None where there is none."""
    event = view.log.get(seq)
    if event is None:
        return None
    envelope = event.envelope
    code, words = state(view, event, language)
    page = Page(f"#{seq} {label(view, event, language)}", living=code in ("living", "correction"))
    ledger = view.at(envelope.on)
    facts = [(say("状态|State", language), words)]
    if event.event is not None:
        for name, spec in specs(type(event.event)).items():  # type: ignore[arg-type]
            text = shown(spec, getattr(event.event, name), ledger, language, plain=not mask)
            facts.append((spec.label.text(language), text))
    else:
        payload = masked_payload(event) if mask else event.payload
        facts.append((say("内容|Payload", language), json.dumps(payload, ensure_ascii=False)))
        if event.trouble:
            facts.append((say("说明|Note", language), say(event.trouble, language)))
    facts += [
        (say("生效|True on", language), envelope.on.isoformat()),
        (say("登记|Recorded", language), f"{when(event)}  {envelope.actor}"),
        (say("事由|Reason", language), envelope.reason or ""),
        (say("文号|Document", language), envelope.document or ""),
        (say("起因|Cause", language), envelope.cause or ""),
        (say("类型|Type", language), f"{event.type}  {envelope.plugin} {envelope.plugin_version}"),
        (say("标签|Tags", language), "  ".join(event.tags)),
    ]
    page.facts = [(name, cells.clean(text)) for name, text in facts if text]
    chain = family(view, event)
    if len(chain) > 1:
        _list(page, view, chain, say("更正链|Amendments", language), seq, language)
    if envelope.n > 1:
        siblings = list(view.log.read(tags=[f"action:{envelope.action}"], limit=SIBLINGS))
        _list(page, view, siblings, say("同一操作|Same action", language), seq, language)
    for tag in event.tags:
        kind, _, id = tag.partition(":")
        if kind in view.registry.entities:
            name = called(ledger, kind, id, language)
            what = view.registry.entity(kind).label.text(language)
            page.rows.append(Row(f"tag:{tag}", ("", "", what, cells.clean(name))))
            page.targets[f"tag:{tag}"] = Target(kind, id)
    return page


def _list(
    page: Page, view: View, events: list[Recorded], title: str, own: int, language: str
) -> None:
    for i, event in enumerate(events):
        code, words = state(view, event, language)
        text = "  ".join(
            filter(None, (words, label(view, event, language), summary(view, event, language)))
        )
        key = f"{title}:{event.position}"
        mark = DIM if code in ("void", "corrected") else None
        sign = "▸ " if event.position == own else ""
        row = (
            event.envelope.on.isoformat(),
            f"#{event.position}",
            title if i == 0 else "",
            sign + text,
        )
        page.rows.append(Row(key, row, (mark, mark, None, mark)))
        page.targets[key] = Target("event", str(event.position), event.position)
