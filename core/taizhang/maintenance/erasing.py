"""Erasing (删除个人数据): what would go, and the event that makes it so.

What follows from the event — the list, drafts, the key, the ledger — is done by
:class:`taizhang.workspace.settling.Settlement`, at once, and again by whoever opens the store if this process dies. It
cannot be taken back: no backup of the log holds the texts in the clear, and the list of erasures keeps
those of `keys.db` from bringing them back. Counts and service time stay.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from taizhang.decisions.decision import Attempt, Decided, Draft, Receipt, run
from taizhang.decisions.encryption import clear_fields
from taizhang.decisions.parsing import parse_word
from taizhang.declarations.fields import Event, specs
from taizhang.declarations.kinds import Bad
from taizhang.ledger.kept import sweep
from taizhang.ledger.resolving import resolve
from taizhang.ledger.vault import vault_of
from taizhang.store.paths import SubjectErased
from taizhang.words.errors import NotFound, Refused, Usage
from taizhang.words.labels import Label, clean
from taizhang.workspace.settling import drafts_about, encrypted_texts
from taizhang_eventstore.personal.cipher import REASON, parts
from taizhang_eventstore.personal.erasures import EVENT

if TYPE_CHECKING:
    from taizhang.workspace import Workspace

REASON_LABEL = Label("事由", "reason")


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """The extent of an erasure: how many texts of which kind, and the drafts that go with them."""

    subject: str
    name: str
    texts: tuple[tuple[Label, int], ...]
    events: int
    drafts: tuple[Path, ...]


def entity_of(ws: Workspace, text: str) -> tuple[str, str]:
    """The entity, ``(kind, id)``, written as ``member:m-…``, as an id, or as a unique name of a person.

    Raises :class:`NotFound`.
    """
    ledger, text = ws.at(), clean(text)
    kind, colon, id = text.partition(":")
    kinds = [kind] if colon and kind in ws.registry.entities else sorted(ws.registry.persons)
    if colon and kind in ws.registry.entities:
        text = id
    why: Bad | None = None
    for each in kinds:
        if each in ws.registry.entities:
            try:
                return each, resolve(each, text, ledger, ended=True, wide=True)
            except Bad as bad:
                why = bad
    rule = why.rule if why is not None else Label("找不到", "not found")
    near = "；".join(why.candidates) if why is not None else ""
    raise NotFound(
        "{zh}{more}|{en}{more}", zh=rule.zh, en=rule.en, more=f"（{near}）" if near else ""
    )


def plan(ws: Workspace, kind: str, id: str) -> ErasurePlan:
    """Works out what erasing would take. Raises :class:`Refused` for one who was erased already, and where
    some of the texts stand in the log in the clear.

    Args:
        ws: The open store.
        kind: The kind of the entity.
        id: Its id.
    """
    subject = f"{kind}:{id}"
    if subject in ws.keyring.erased:
        raise Refused("{subject} 已经删除|{subject} is erased already", subject=subject)
    counted: Counter[Label] = Counter()
    events = 0
    for recorded in ws.log.read(tags=[subject]):
        mine = [
            name for name, value in recorded.envelope.sealed.items() if parts(value)[0] == subject
        ]
        event = recorded.event
        if isinstance(event, Event) and clear_fields(event, recorded.marks):
            raise Refused(
                "第 {seq} 号事件是加密以前写的，其中的个人数据删不掉；先用 taizhang reseal 抄成加密的账册"
                "|event {seq} is of before personal data were sealed and cannot be erased; copy the "
                "store into a sealed one with taizhang reseal first",
                seq=recorded.position,
            )
        events += bool(mine)
        fields = specs(type(event)) if isinstance(event, Event) else {}
        for name in mine:
            label = fields[name].label if name in fields else Label(name, name)
            counted[REASON_LABEL if name == REASON else label] += 1
    name = ws.at().names(kind, [id]).get(id, "")
    texts = encrypted_texts(ws.log, ws.keyring, subject)
    return ErasurePlan(
        subject,
        name,
        tuple(counted.items()),
        events,
        tuple(drafts_about(ws.paths.drafts, [subject], texts, vault_of(ws.registry))),
    )


def erase(ws: Workspace, kind: str, id: str, reason: str) -> tuple[Receipt, bool]:
    """Erases the personal data of an entity, for good.

    Also says whether the ledger's file is clean to its bytes; where not, another process holds it, and
    the next opening of the store cleans it. Raises :class:`TaizhangError`; then nothing was erased.

    Args:
        ws: The open store.
        kind: The kind of the entity.
        id: Its id.
        reason: Why; it is recorded in the clear.
    """
    ws.writable()
    said = parse_word("reason", reason)
    if not said:
        raise Usage("删除必须说明事由|an erasure needs a reason")
    made = plan(ws, kind, id)
    if any(len(t) > 1 and t in said for t in encrypted_texts(ws.log, ws.keyring, made.subject)):
        raise Refused(
            "事由会一直保留，里面不要写这个人的姓名、电话等内容"
            "|the reason is kept for ever: do not write the person's name, telephone and so on in it"
        )

    def planned(attempt: Attempt) -> None:
        attempt.notes.read(made.subject, {EVENT})
        plan(ws, kind, id)
        draft = Draft(SubjectErased(subject=made.subject), ws.today(), [made.subject])
        attempt.add(Decided([draft], said), accept=True)

    receipt = run(ws, planned, commit=True)
    settled = ws.settlement.settle(ws.ledger.db)
    sweep()  # A ledger that somebody only looked at is of the log as it was.
    return receipt, settled
