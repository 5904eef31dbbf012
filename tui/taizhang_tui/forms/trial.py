"""What a form's attempt came to, in words: what would be recorded, or why it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from taizhang.decisions.decision import Receipt
from taizhang.decisions.notices import told
from taizhang.declarations.lines import split_name
from taizhang.readmodels.events import label, summary
from taizhang.words.errors import NeedsReason
from taizhang_eventstore.errors import BilingualError
from taizhang_eventstore.recorded import Recorded
from taizhang_tui import cells
from taizhang_tui.desk.desk import View
from taizhang_tui.forms.forms import UNSAID, dependents
from taizhang_tui.words import say

LISTED = 12
"""Events and dependents named at most."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Text to show; ``soft`` when something wants a reason, ``refused`` when it cannot be."""

    text: str = ""
    soft: bool = False
    refused: bool = False


def tried(view: View, receipt: Receipt, language: str, reasoned: bool) -> Trial:
    """Tells what would be recorded.

    Args:
        view: the ledger that is looked at.
        receipt: what would be recorded.
        language: ``zh`` or ``en``.
        reasoned: a reason is given.
    """
    new = say("（新）|(new)", language)
    names = {
        id: new for ids in receipt.ids.values() for id in ([ids] if isinstance(ids, str) else ids)
    }
    count = len(receipt.events)
    lines = [say("将登记 {n} 条事件：|{n} events would be recorded:", language).format(n=count)]
    unsaid = "" if reasoned else "  " + say(f"（{UNSAID}）|({UNSAID})", language)
    for event in receipt.events[:LISTED]:
        of = receipt.sources.get(event.position)
        because = "" if of is None else f"  ← {cells.clean(of.text(language))}"
        lines.append(
            f"  {line(view, event, language, names, receipt.events).removesuffix(unsaid)}{because}"
        )
    if count > LISTED:
        lines.append(f"  … {count - LISTED:,}")
    for finding in receipt.findings:
        lines.append(say("⚠ 注意：|⚠ note: ", language) + finding.label.text(language))
    lines += [say("⚠ 注意：|⚠ note: ", language) + said for said in told(receipt.notices, language)]
    lines += [f"⚠ {cells.clean(p.text(language))}" for p in receipt.refused[:LISTED]]
    if len(receipt.refused) > LISTED:
        lines.append(f"  … {len(receipt.refused) - LISTED:,}")
    soft = any(finding.asks for finding in receipt.findings)
    if soft and not reasoned:
        lines.append(say("  须填事由才能保存|  give a reason to save", language))
    return Trial("\n".join(lines), soft=soft)


def line(
    view: View,
    event: Recorded,
    language: str,
    names: dict[str, str] | None = None,
    pending: Sequence[Recorded] = (),
) -> str:
    """One event: its day, what it is, its fields; of an amendment of which event it is, and what it changes.

    Args:
        view: The store.
        event: The event, recorded or only tried.
        language: ``zh`` or ``en``.
        names: Stand for ids that no ledger holds yet.
        pending: Events that are only tried with it.
    """
    envelope, content = event.envelope, summary(view, event, language, names, pending=pending)
    what = label(view.registry, event, language)
    if envelope.voids is not None:
        return say("作废|void", language) + f" #{envelope.voids}  {envelope.on}  {content}"
    if envelope.corrects is None:
        return f"{envelope.on}  {what}  {content}"
    part = ""
    if envelope.line is not None:
        part = " " + say("第 {n} 行|line {n}", language).format(n=split_name(envelope.line)[1])
    verb = say("更正|correct", language)
    return f"{verb} #{envelope.corrects}  {envelope.on}  {what}{part}  {content}"


def failed(view: View, error: BilingualError, language: str) -> Trial:
    """Why it cannot be recorded, with the facts that stand in the way.

    Args:
        view: the ledger that is looked at.
        error: what refuses it.
        language: ``zh`` or ``en``.
    """
    lines = [f"✗ {cells.clean(error.text(language))}"]
    if language != "en":
        lines[0] = lines[0].replace("；加 --cascade 一并作废", "；可选“连同依赖一并作废”")
    else:
        lines[0] = lines[0].replace("; use --cascade", "; choose “with all that depends on it”")
    found = dependents(error)
    for seq, rule in found[:LISTED]:
        event = view.log.get(seq)
        what = line(view, event, language) if event is not None else ""
        lines.append(f"  #{seq}  {what}  — {rule.text(language)}")
    if len(found) > LISTED:
        lines.append(f"  … {len(found) - LISTED:,}")
    soft = isinstance(error, NeedsReason)
    return Trial("\n".join(lines), soft=soft, refused=not soft)
