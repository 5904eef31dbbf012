"""What a form asks, checks, tries and records: a new action, a correction, or a void.

A form knows no widget. Its values are texts by name, just as they are typed and kept in drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from msgspec.structs import replace

from taizhang.decisions.decision import Receipt
from taizhang.decisions.parsing import parse_date
from taizhang.declarations.declared import ActionDeclaration
from taizhang.declarations.fields import FieldSpec, specs
from taizhang.declarations.lines import split_name
from taizhang.ledger.lines import Told
from taizhang.ledger.view import LedgerView
from taizhang.readmodels.forms import ENVELOPE_FIELDS, FormField, check_field, check_on
from taizhang.words.errors import Dependents, Invalid, Problem, Refused
from taizhang.words.labels import Label
from taizhang.workspace import Workspace
from taizhang_eventstore.recorded import Recorded
from taizhang_tui.desk.desk import Desk
from taizhang_tui.desk.drafts import correction
from taizhang_tui.forms.lines import Checks, said, shown, whole

ON, REASON, DOCUMENT, CASCADE = "on", "reason", "document", "cascade"
UNSAID = "?"
"""Stands for the reason while it is not given yet, in what is only tried."""

YES = Label("是", "yes"), Label("否", "no")

Work = Callable[[Workspace], Receipt]


def question(name: str, spec: FieldSpec, default: str = "") -> FormField:
    """A declared field as a question of a form.

    Args:
        name: of the field.
        spec: its declaration.
        default: what stands in it at first.
    """
    widget = spec.kind.widget
    choices = YES if widget == "yes" else spec.choices
    return FormField(
        name, spec.label, widget, spec.required, default, choices, spec.entity, spec.help, spec
    )


def _words(*names: str, required: Sequence[str] = ()) -> list[FormField]:
    return [
        FormField(
            name,
            ENVELOPE_FIELDS[name],
            "date" if name == ON else "text",
            name in required,
            "",
            (),
            None,
            None,
        )
        for name in names
    ]


def _given(values: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    return {n: values[n].strip() for n in names if values.get(n, "").strip()}


def _on_line(label: Label, line: str | None) -> Label:
    """Names an event, with the line that is meant."""
    if line is None:
        return label
    number = split_name(line)[1]
    return Label(f"{label.zh} 第 {number} 行", f"{label.en} line {number}")


@dataclass
class Form:
    """One form: its questions, what they begin with, and what saving does."""

    desk: Desk
    key: str
    """Name of its draft; empty when none is kept."""
    title: Label
    questions: list[FormField]
    values: dict[str, str]
    specs: Mapping[str, FieldSpec] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    """What it was opened for: a draft comes back where these are the same."""

    def __post_init__(self) -> None:
        self._checks = {n: Checks(s) for n, s in self.specs.items() if s.line is not None}

    def day_ledger(self, values: Mapping[str, str]) -> LedgerView:
        """The ledger on the form's day."""
        text = values.get(ON, "").strip()
        day = parse_date(text) if text and check_on(text) is None else None
        return self.desk.view.at(day)

    def check(self, name: str, values: Mapping[str, str]) -> list[Problem]:
        """Says what is wrong with one answer as it stands; of a field of lines at each cell."""
        text = values.get(name, "")
        if name in self._checks:
            return self._checks[name].problems(text, self.day_ledger(values))
        problem = self._check(name, text, values)
        return [] if problem is None else [problem]

    def _check(self, name: str, text: str, values: Mapping[str, str]) -> Problem | None:
        spec = self.specs.get(name)
        if spec is not None:
            return check_field(spec, text, self.day_ledger(values))
        asked = next(q for q in self.questions if q.name == name)
        if not text.strip():
            return (
                Problem(name, asked.label, Label("必填", "is required")) if asked.required else None
            )
        return check_on(text) if name == ON else None

    def fresh(self) -> Mapping[str, str]:
        """Answers that the form begins with and that change with the day."""
        return {}

    def subjects(self, values: Mapping[str, str]) -> list[str]:
        """Lists whom the answers are about, ``member:m-…``, in the order of the questions."""
        return [
            f"{q.entity}:{values[q.name]}" for q in self.questions if q.entity and values[q.name]
        ]

    def answers(self, values: Mapping[str, str], names: Sequence[str]) -> dict[str, Any]:
        """Some answers as an action takes them."""
        return {n: said(self.specs[n], values.get(n, "")) for n in names}

    def told(self, receipt: Receipt) -> Recorded | None:
        """The event that tells what was done; None where the form's title does."""
        return None

    def untouched(self, values: Mapping[str, str]) -> bool:
        """Tells if there is nothing to try yet, for nothing was changed."""
        return False

    def attempt(self, values: Mapping[str, str], *, commit: bool) -> Work:
        """The work that tries, or with ``commit`` records, what the answers say."""
        raise NotImplementedError


@dataclass
class ActionForm(Form):
    """A new action."""

    action: str = ""

    @classmethod
    def of(cls, desk: Desk, action: ActionDeclaration, values: Mapping[str, str]) -> ActionForm:
        """The form of an action, some answers given by where it was opened.

        Args:
            desk: what the form records with.
            action: its declaration.
            values: answers that are given.
        """
        fields = action.fields
        questions = [
            question(name, s, "" if s.required else shown(s, s.default))
            for name, s in fields.items()
        ]
        first = {q.name: q.default for q in questions}
        first |= {ON: desk.day.isoformat(), REASON: "", DOCUMENT: ""}
        questions += _words(ON, REASON, DOCUMENT)
        given = {n: v for n, v in values.items() if n in first}
        first |= given
        name, label = action.name, action.label
        return cls(desk, name, label, questions, first, fields, given, name)

    def fresh(self) -> Mapping[str, str]:
        """Its day is the desk's, where it was opened for no other."""
        return {} if ON in self.given else {ON: self.desk.day.isoformat()}

    def attempt(self, values: Mapping[str, str], *, commit: bool) -> Work:
        """Records or previews the action."""
        fields = self.answers(values, list(_given(values, list(self.specs))))
        words = _given(values, (ON, REASON, DOCUMENT))
        if commit:
            return lambda ws: ws.record(self.action, fields, **words)
        return lambda ws: ws.preview(self.action, fields, **words)


@dataclass
class CorrectionForm(Form):
    """A correction of the fact behind an event, or of one line of it: what holds now, to be mended."""

    seq: int = 0
    line: str | None = None
    about: Sequence[str] = ()
    says: Any = None
    """What holds now: the answers begin with it, numbers of people masked."""

    @classmethod
    def of(
        cls, desk: Desk, event: Recorded, told: Told, title: Label, line: str | None = None
    ) -> CorrectionForm:
        """The form of a correction.

        Args:
            desk: The store.
            event: The fact or an amendment of it.
            told: What the fact says now.
            title: What it is called.
            line: The line that alone is corrected, ``attendance/3``.
        """
        seq, on, says = event.position, told.version.envelope.on, cast("Any", told.event)
        if line is not None:
            name, number = split_name(line)
            says = getattr(says, name)[number - 1]
        declared = specs(type(says))
        first = {n: shown(s, getattr(says, n)) for n, s in declared.items()}
        questions = [question(n, s) for n, s in declared.items()]
        # A line has no day of its own, but names in it are those of the fact's day.
        first |= {ON: on.isoformat(), REASON: ""}
        asked = (ON, REASON) if line is None else (REASON,)
        questions += _words(*asked, required=asked)
        title = _on_line(title, line)
        label = Label(f"更正 #{seq} {title.zh}", f"Correct #{seq} {title.en}")
        key = correction(seq, line)
        # The position alone may be another event's, once a log has been put back to an older copy.
        given = {"event": event.envelope.id}
        entities = desk.ws.registry.entities
        about = [tag for tag in event.tags if tag.partition(":")[0] in entities]
        return cls(desk, key, label, questions, first, declared, given, seq, line, about, says)

    def subjects(self, values: Mapping[str, str]) -> list[str]:
        """Lists whom the corrected event is about, then whom the answers name."""
        return list(dict.fromkeys([*self.about, *super().subjects(values)]))

    def told(self, receipt: Receipt) -> Recorded | None:
        """The correction."""
        return receipt.events[0]

    def check(self, name: str, values: Mapping[str, str]) -> list[Problem]:
        """Says what is wrong with one answer: nothing with a masked number that was left as it stands."""
        return super().check(name, self._whole(values))

    def _whole(self, values: Mapping[str, str]) -> dict[str, str]:
        return {
            n: whole(self.specs[n], text, getattr(self.says, n)) if n in self.specs else text
            for n, text in values.items()
        }

    def untouched(self, values: Mapping[str, str]) -> bool:
        """A correction that changes nothing."""
        return all(values.get(n, "") == v for n, v in self.values.items() if n != REASON)

    def attempt(self, values: Mapping[str, str], *, commit: bool) -> Work:
        """Records or tries the fields that differ."""
        changed = [n for n in self.specs if values.get(n, "") != self.values[n]]
        fields = self.answers(self._whole(values), changed)
        on = values[ON].strip() if values[ON].strip() != self.values[ON] else None
        reason = values.get(REASON, "").strip() or ("" if commit else UNSAID)
        return lambda ws: ws.correct(
            self.seq, fields, reason=reason, on=on, line=self.line, commit=commit
        )


@dataclass
class VoidForm(Form):
    """Taking an event back, alone or with what depends on it; ``whole`` with the rest of its action, or
    one ``line`` of it.
    """

    seq: int = 0
    whole: bool = False
    line: str | None = None

    @classmethod
    def of(
        cls, desk: Desk, seq: int, title: Label, *, whole: bool = False, line: str | None = None
    ) -> VoidForm:
        """The form that voids the event ``seq``, or a line of it.

        Args:
            desk: what the form records with.
            seq: the position of the event.
            title: how people call it.
            whole: all of its action is taken back.
            line: the line of it; None for all of it.
        """
        questions = _words(REASON, required=(REASON,))
        cascade = Label("连同依赖一并作废", "with all that depends on it")
        questions.append(FormField(CASCADE, cascade, "yes", False, "否", YES, None, None))
        title = _on_line(title, line)
        label = Label(f"作废 #{seq} {title.zh}", f"Void #{seq} {title.en}")
        first = {REASON: "", CASCADE: "否"}
        return cls(desk, "", label, questions, first, {}, {}, seq, whole, line)

    def told(self, receipt: Receipt) -> Recorded | None:
        """The void that was asked for, not what came with it; of a whole action its name."""
        asked = (e for e in receipt.events if e.envelope.voids == self.seq)
        return None if self.whole else next(asked, None)

    def attempt(self, values: Mapping[str, str], *, commit: bool) -> Work:
        """Records or tries the void."""
        reason = values.get(REASON, "").strip() or ("" if commit else UNSAID)
        cascade = values.get(CASCADE) in ("是", "yes")
        return lambda ws: ws.void(
            self.seq,
            reason=reason,
            cascade=cascade,
            whole=self.whole,
            line=self.line,
            commit=commit,
        )


@dataclass
class RevertForm(Form):
    """Taking a batch back; what others have built on since stays, and is listed."""

    batch: str = ""

    @classmethod
    def of(cls, desk: Desk, batch: str, title: Label) -> RevertForm:
        """The form that reverts ``batch``, of which one event is called ``title``.

        Args:
            desk: what the form records with.
            batch: the id of the batch.
            title: how people call it.
        """
        label = Label(f"整批收回：{title.zh} 等", f"Take back the batch: {title.en} …")
        questions = _words(REASON, required=(REASON,))
        return cls(desk, "", label, questions, {REASON: ""}, {}, {}, batch)

    def attempt(self, values: Mapping[str, str], *, commit: bool) -> Work:
        """Reverts it or tries to."""
        reason = values.get(REASON, "").strip() or ("" if commit else UNSAID)

        def revert(ws: Workspace) -> Receipt:
            made = ws.revert(self.batch, reason=reason, commit=commit)
            kept = tuple(
                Problem("", Label(f"保留 #{k.seq}", f"kept #{k.seq}"), k.why) for k in made.kept
            )
            if not made.reverted:
                raise Invalid(kept) if kept else Refused("这一批都已作废|all of it is void already")
            return replace(made.receipt, refused=kept)

        return revert


def dependents(error: Exception) -> list[tuple[int, Label]]:
    """The facts that an error says depend on what was to be changed."""
    if not isinstance(error, Dependents):
        return []
    return list(dict.fromkeys((f.src, f.label) for f in error.findings))
