"""The page of one event: envelope, payload, the chain of amendments, its tags and its siblings."""

from __future__ import annotations

import json
from collections.abc import Sequence

from taizhang.declarations.fields import specs
from taizhang.declarations.lines import split_name
from taizhang.ledger.lines import Told, said, statements, tell
from taizhang.ledger.naming import called
from taizhang.readmodels.eventlog import ENDED, when
from taizhang.readmodels.events import event_state, label, state_label, summary
from taizhang.readmodels.listing import DIM, Row
from taizhang.readmodels.pages import Page, Target
from taizhang.readmodels.reader import Reader
from taizhang.readmodels.summaries import masked_payload, shown
from taizhang.store.viewings import in_tags
from taizhang.words.labels import Label
from taizhang_eventstore.recorded import Recorded

SIBLINGS = 100


def family(reader: Reader, event: Recorded) -> list[Recorded]:
    """The root fact and everything that amends it, in the order of the log."""
    root = event.envelope.root or event.position
    first = reader.log.get(root)
    amendments = reader.log.read(tags=[f"fact:{root}"])
    return [*([first] if first is not None else []), *amendments]


def told_now(reader: Reader, event: Recorded, line: str | None = None) -> Told | None:
    """Tells what the fact says now, its lines at their numbers; None when it is void, or ``line`` of it is.

    Args:
        reader: Reads the log.
        event: The event.
        line: A line of it, as its amendments name it.
    """
    told = tell(statements(family(reader, event)), said)
    if told is not None and line is not None:
        name, number = split_name(line)
        lines = getattr(told.event, name, ())
        if number > len(lines) or lines[number - 1] is None:
            return None
    return told


def event_page(reader: Reader, seq: int, language: str, mask: bool = True) -> Page | None:
    """The page of the event at a position, None where there is none.

    Args:
        reader: where it is read.
        seq: the position.
        language: ``zh`` or ``en``.
        mask: numbers of people are masked.
    """
    event = reader.log.get(seq)
    if event is None:
        return None
    envelope = event.envelope
    code = event_state(reader, event)
    title = f"#{seq} {label(reader.registry, event, language)}"
    page = Page(title, living=code in ("living", "correction"))
    page.subjects.update(in_tags(reader.registry, event.tags))
    ledger = reader.at(envelope.on)
    facts = [("状态|State", state_label(code, event, language))]
    if event.event is not None:
        for name, spec in specs(type(event.event)).items():  # type: ignore[arg-type]
            text = shown(spec, getattr(event.event, name), ledger, language, plain=not mask)
            facts.append((spec.label.text(language), text))
    else:
        payload = masked_payload(event) if mask else event.payload
        facts.append(("内容|Payload", json.dumps(payload, ensure_ascii=False)))
        facts.append(("说明|Note", Label.of(event.trouble or "").text(language)))
    facts += [
        ("生效|True on", envelope.on.isoformat()),
        ("登记|Recorded", f"{when(event)}  {envelope.actor}"),
        ("事由|Reason", envelope.reason or ""),
        ("文号|Document", envelope.document or ""),
        ("起因|Cause", envelope.cause or ""),
        ("类型|Type", f"{event.type}  {envelope.plugin} {envelope.plugin_version}"),
        ("标签|Tags", "  ".join(event.tags)),
    ]
    page.facts = [(Label.of(name).text(language), text) for name, text in facts if text]
    chain = family(reader, event)
    if len(chain) > 1:
        _list(page, reader, chain, "更正链|Amendments", seq, language)
    if envelope.n > 1:
        siblings = list(reader.log.read(tags=[f"action:{envelope.action}"], limit=SIBLINGS))
        _list(page, reader, siblings, "同一操作|Same action", seq, language)
    for tag in event.tags:
        kind, _, id = tag.partition(":")
        if kind in reader.registry.entities:
            what = reader.registry.entity(kind).label.text(language)
            page.rows.append(Row(f"tag:{tag}", ("", "", what, called(ledger, kind, id, language))))
            page.targets[f"tag:{tag}"] = Target(kind, id)
    return page


def _list(
    page: Page, reader: Reader, events: Sequence[Recorded], title: str, own: int, language: str
) -> None:
    """Adds events as lines, the page's ``own`` one marked."""
    title = Label.of(title).text(language)
    for i, event in enumerate(events):
        code = event_state(reader, event)
        said = (
            state_label(code, event, language),
            label(reader.registry, event, language),
            summary(reader, event, language),
        )
        text = ("▸ " if event.position == own else "") + "  ".join(filter(None, said))
        key = f"{title}:{event.position}"
        mark = DIM if code in ENDED else None
        cells = (event.envelope.on.isoformat(), f"#{event.position}", "" if i else title, text)
        page.rows.append(Row(key, cells, (mark, mark, None, mark)))
        page.targets[key] = Target("event", str(event.position), event.position)


__all__ = ["event_page", "family", "told_now"]
