"""Personal texts of an action that are encrypted (加密), and under whose keys: decided before its events are encoded.

A key is made for every new subject, in memory; it is on the disk before the events are appended. For a
subject of whom something was encrypted before no other key is ever made: with the right `keys.db` put back
there would be two. After an erasure nothing personal is recorded of a person any more; what others do,
such as the merge of a branch, goes on, and says its reason elsewhere.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from taizhang.declarations.fields import Event, specs
from taizhang.declarations.kinds import IdNumberKind
from taizhang.declarations.lines import spec_at, text_at
from taizhang.declarations.subjects import is_person, subjects_of
from taizhang.ledger.schema import physical, quoted
from taizhang.store.paths import StoreKeyed, StoreResealed, SubjectErased
from taizhang.words.errors import Refused
from taizhang.words.labels import Label
from taizhang_eventstore.personal.cipher import MARKERS, REASON, parts

if TYPE_CHECKING:
    from taizhang.decisions.opened import Opened
    from taizhang.decisions.requests import Draft
    from taizhang.declarations.registry import Registry
    from taizhang.ledger.view import Notes

LOST = (
    "keys.db 不见了，不能登记个人数据；请放回备份的 keys.db（若已无法找回，用 taizhang keys new 另建）"
    "|keys.db is missing and no personal data can be recorded; put a backup of it back (if there is "
    "none, taizhang keys new begins another)"
)
LOST_NOTE = Label(
    "keys.db 不见了：姓名、电话、事由等读不出来，也不能登记新的个人数据；事件、人数和封存不受影响。"
    "请把备份的 keys.db 放回账册目录",
    "keys.db is missing: names, telephones and reasons cannot be read, and no new personal data can be "
    "recorded; events, counts and seals are as they were. Put a backup of keys.db back into the store",
)

STRANGE = (
    "keys.db 是另一本账的，不能登记个人数据；请放回本账自己的 keys.db"
    "|keys.db is another store's and no personal data can be recorded; put this store's own back"
)
STRANGE_NOTE = Label(
    "keys.db 是另一本账的，没有用它：姓名、电话、事由等读不出来，也不能登记新的个人数据；事件、人数和封存"
    "不受影响。请把本账自己的 keys.db 放回账册目录",
    "keys.db is another store's and was not used: names, telephones and reasons cannot be read, and no new "
    "personal data can be recorded; events, counts and seals are as they were. Put this store's own back",
)


def lost(store: Opened) -> Label:
    """Gives the warning for a store in which no key can be used though personal texts are sealed."""
    if store.keyring.locked is not None:
        zh, en = store.keyring.locked.pair
        return Label(
            f"姓名等个人资料没有解锁：{zh}", f"names and other personal data stay locked: {en}"
        )
    return STRANGE_NOTE if store.strange_keys else LOST_NOTE


def some_lost(count: int) -> list[Label]:
    """Gives the warning that so many subjects have no key, though others have; None for no subject."""
    if not count:
        return []
    return [
        Label(
            f"{count} 个对象的密钥不在 keys.db 里（可能换回了较旧的备份）：姓名、电话、事由等读不出来，也不能"
            "登记关于它们的内容；事件、人数和封存不受影响。请把最新的 keys.db 放回账册目录",
            f"the keys of {count} subjects are not in keys.db (an older backup may have been put back): their "
            "names, telephones and reasons cannot be read, and nothing can be recorded about them; events, "
            "counts and seals are as they were. Put the newest keys.db back into the store",
        )
    ]


_PLAIN = (
    "这本账是个人数据加密以前写的，不能再登记个人数据；请用 taizhang reseal 新目录 抄成加密的账册"
    "|this store is of before personal data were sealed and takes no more of them; copy it into a "
    "sealed one with taizhang reseal NEWDIR"
)
OLD_KEYS = (
    "{subject} 的密钥不在 keys.db 里（可能换回了较旧的备份），不能登记关于它的内容"
    "|the key of {subject} is not in keys.db (an older backup may have been put back), nothing can be "
    "recorded about it"
)
_UNREADABLE = (
    "“{field}”是读不出来的内容（{text}），不能照此登记"
    "|{field_en} cannot be read ({text}) and cannot be recorded so"
)
_ERASED = (
    "{subject} 的个人数据已删除，不能再登记个人内容"
    "|the personal data of {subject} were erased, nothing personal can be recorded any more"
)
_CLAIMED = (
    "删除名单说 {subject} 已删除，但没有证明；查清以前不能登记关于它的个人内容（见 taizhang verify）"
    "|the list of erasures says that {subject} was erased, which nothing proves; until that is settled "
    "nothing personal is recorded about it (see taizhang verify)"
)
_REASON = (
    "{subject} 的个人数据已删除，关于它不再登记事由"
    "|the personal data of {subject} were erased, no reason is recorded about it any more"
)

_PUBLIC = (SubjectErased, StoreKeyed, StoreResealed)
"""What says its reason in the clear: it is about the store, not about a person."""


class Encrypted(Struct, frozen=True):
    """The texts of one event that are encrypted: its fields with their subjects, and the reason that it bears."""

    subjects: dict[str, str]
    reason: str | None


class Encryption:
    """Encrypts what the actions of one attempt say of persons."""

    def __init__(self, store: Opened, notes: Notes) -> None:
        self.store = store
        self.ring = store.keyring
        self.notes = notes
        self._new: set[tuple[str, str]] = set()
        self._noted = 0
        self._saying: set[str] = set()
        self.ring.begin()

    def encrypted(self, drafts: Sequence[Draft], reason: str | None) -> list[Encrypted]:
        """Encrypts the personal texts of each event of an action. Raises :class:`Refused`; keys are made as
        needed.
        """
        found = [self._encrypted(draft, reason) for draft in drafts]
        self._numbers(drafts)
        if reason and found and all(one.reason is None for one in found):
            gone = next(s for draft in drafts for s in self._erased(draft))
            raise Refused(_REASON, subject=gone)
        for subject in {s for one in found for s in one.subjects.values()}:
            self._key(subject)
        return found

    def _numbers(self, drafts: Sequence[Draft]) -> None:
        """A number that is said is compared with everybody's: no other may be said meanwhile."""
        if any(getattr(d.event, name) for d in drafts for name in _numbers_of(type(d.event))):
            if not self._saying:
                events = self.store.registry.event_of.items()
                self._saying.update(named.name for event, named in events if _numbers_of(event))
            self.notes.read("", self._saying)

    def _encrypted(self, draft: Draft, reason: str | None) -> Encrypted:
        subjects = subjects_of(draft.event)
        for name, subject in subjects.items():
            text = text_at(draft.event, name)
            if subject in self.ring.erased:
                raise Refused(_ERASED, subject=subject)
            if text in MARKERS:
                label = spec_at(type(draft.event), name).label
                raise Refused(_UNREADABLE, field=label.zh, field_en=label.en, text=text)
        if reason:
            if not isinstance(draft.event, _PUBLIC) and next(self._erased(draft), None):
                return Encrypted(subjects, None)
            if about := self.about(draft.event, _concerned(draft)):
                subjects[REASON] = about
        return Encrypted(subjects, reason)

    def about(self, event: Event, tags: Sequence[str]) -> str | None:
        """Names the subject that the reason of an event with these tags is about; None where it stands in the
        clear: it concerns no entity, or the store itself.
        """
        found = _entities_among(tags, self.store.registry)
        if not found or isinstance(event, _PUBLIC):
            return None
        kind, id = found[0]
        return self._owner(kind, id) or f"{kind}:{id}"

    def _owner(self, kind: str, id: str) -> str | None:
        """The person to whom an entity belongs: the one whom its own row names."""
        registry = self.store.registry
        if kind in registry.persons:
            return None
        table = registry.entity(kind).table
        for name, spec in specs(table.row).items():
            if is_person(spec):
                row = self.store.ledger.db.execute(
                    f"SELECT {quoted(name)} FROM {quoted(physical(table))} "
                    f"WHERE id = ? AND {quoted(name)} IS NOT NULL",
                    (id,),
                ).fetchone()
                return f"{spec.entity}:{row[0]}" if row else None
        return None

    def _erased(self, draft: Draft) -> Iterator[str]:
        """Subjects of the event, or persons to whom one belongs, that were erased."""
        if not self.ring.erased:
            return
        for kind, id in _entities_among(_concerned(draft), self.store.registry):
            for subject in (f"{kind}:{id}", self._owner(kind, id)):
                if subject in self.ring.erased:
                    yield subject

    def _key(self, subject: str) -> None:
        """Sees to it that the subject has a key."""
        ring = self.ring
        if ring.key(subject) is not None:
            return
        if subject in ring.claimed:
            raise Refused(_CLAIMED, subject=subject)
        if ring.keys is None:
            if not self.store.encrypted:
                raise Refused(_PLAIN)
            raise Refused(STRANGE if self.store.strange_keys else LOST)
        kind, _, id = subject.partition(":")
        if not self._made(kind, id) and self.encrypted_before(subject):
            raise Refused(OLD_KEYS, subject=subject)
        ring.make(subject, self.store.ambient)

    def _made(self, kind: str, id: str) -> bool:
        """Tells if the entity is new with this attempt."""
        made = self.notes.made
        self._new.update(made[self._noted :])
        self._noted = len(made)
        return (kind, id) in self._new

    def encrypted_before(self, subject: str) -> bool:
        """Tells if the log has a text of this subject, which then has another key.

        What was said before keys were begun anew is lost for good.
        """
        begun = max((e.position for e in self.store.log.read(types=["store.keyed"])), default=0)
        return any(
            parts(value)[0] == subject
            for event in self.store.log.read(after=begun, tags=[subject])
            for value in event.envelope.sealed.values()
        )


@functools.cache
def _numbers_of(event: type[Event]) -> tuple[str, ...]:
    """The fields of an event that hold an ID number."""
    return tuple(n for n, spec in specs(event).items() if isinstance(spec.kind, IdNumberKind))


def clear_fields(event: Event, encrypted: dict[str, str]) -> list[str]:
    """Personal fields of an event that stand in the clear."""
    return [name for name in subjects_of(event) if name not in encrypted]


def _concerned(draft: Draft) -> list[str]:
    """The tags of what the reason of an event is about."""
    return draft.tags if draft.concerns is None else draft.concerns


def _entities_among(tags: Iterable[str], registry: Registry) -> list[tuple[str, str]]:
    """The entities, ``(kind, id)``, that tags name, persons first."""
    found = [(kind, id) for kind, _, id in (t.partition(":") for t in tags)]
    known = [(kind, id) for kind, id in found if kind in registry.entities]
    return sorted(known, key=lambda entity: entity[0] not in registry.persons)
