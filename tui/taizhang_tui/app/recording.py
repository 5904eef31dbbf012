"""Recording in the terminal: forms are opened, corrections and voids too, and what was saved is told.

What only one of them needs is imported by it: this module is loaded before the first paint.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from taizhang.declarations.fields import specs
from taizhang.ledger.naming import called
from taizhang.ledger.resolving import fitting
from taizhang.ledger.schema import quoted
from taizhang.store.sealing import unsealed
from taizhang.words.labels import Label
from taizhang_tui.app.shell import Shell
from taizhang_tui.forms.choices import subjects_first
from taizhang_tui.words import say

if TYPE_CHECKING:
    from taizhang.decisions.decision import Receipt
    from taizhang.declarations.declared import ActionDeclaration
    from taizhang_eventstore.recorded import Recorded
    from taizhang_tui.desk.drafts import Draft
    from taizhang_tui.forms.forms import Form
    from taizhang_tui.screens.base import Context

KEPT = 5
"""Of what a revert left as it is so much is told one by one."""


class Recording:
    """The forms that record, correct and void, and the receipt after them."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def refused(self) -> bool:
        """True where nothing can be written now, which is then told in one sentence."""
        desk = self._shell.desk
        if not desk.past:
            return False
        if desk.ws.read_only:
            self._shell.tell("账册以只读方式打开|the store is open read-only", "warning")
            return True
        self._shell.tell(
            "正在看 {on} 的台账，只读；按 0 回到现在再登记"
            "|this is the ledger of {on}, read only; press 0 to return to now and record",
            "warning",
            on=desk.day,
        )
        return True

    def open_form(self, action: ActionDeclaration, context: Context) -> None:
        """Opens the form of an action, answers known from the context given."""
        from taizhang_tui.forms.forms import ActionForm
        from taizhang_tui.screens.form import FormScreen

        if not self.refused():
            form = ActionForm.of(self._shell.desk, action, self._known(action, context))
            self._shell.push_screen(FormScreen(form))

    def resume(self, draft: Draft) -> None:
        """Opens the form that a draft is of, with what was typed in it."""
        from taizhang_tui.desk.drafts import correcting
        from taizhang_tui.forms.forms import ActionForm
        from taizhang_tui.screens.form import FormScreen

        if self.refused():
            return
        desk = self._shell.desk
        amended = correcting(draft.form)
        event = None if amended is None else desk.ws.log.get(amended[0])
        if amended is not None and event is not None and draft.fits({"event": event.envelope.id}):
            self.correct(amended[0], line=amended[1], draft=draft)
        elif (action := desk.ws.registry.actions.get(draft.form)) is not None:
            form = ActionForm.of(desk, action, draft.given or {})
            self._shell.push_screen(FormScreen(form, draft))
        else:
            self._shell.tell(
                "草稿“{form}”的操作或事件现在没有，草稿留着"
                "|the action or event {form} of this draft is not there; the draft stays",
                "warning",
                form=draft.form,
            )

    def _known(self, action: ActionDeclaration, context: Context) -> dict[str, str]:
        """Answers that the context gives: each entity once, and what belongs to it alone."""
        known: dict[str, str] = {}
        left = dict(context.entities)
        registry = self._shell.desk.ws.registry
        person = next((kind for kind in left if kind in registry.persons), None)
        tree = registry.hierarchy
        if person is not None and any(
            s.entity == person and s.required for s in action.fields.values()
        ):
            # A form about a person asks where to, not from where.
            left.pop("" if tree is None else tree.kind, None)
        for name, spec in action.fields.items():
            # Not whoever may chair a meeting: what need not be given, nobody should give unawares.
            meant = spec.entity != person or spec.required or name == spec.entity
            if spec.entity in left and meant:
                id = left.pop(spec.entity)
                if fitting(self._shell.desk.ledger(), spec, [id]):
                    known[name] = id
            elif spec.entity is not None and spec.required and person is not None:
                known |= self._owned(name, spec.entity, person, context.entities[person])
        return known

    def _owned(self, name: str, entity: str, kind: str, person: str) -> dict[str, str]:
        """The last entity of a kind that is a person's: the letter under way, say."""
        table = self._shell.desk.ws.registry.entity(entity).table
        for column, spec in specs(table.row).items():
            if spec.entity == kind:
                sql = f"SELECT id FROM {quoted(table.name)} WHERE {quoted(column)} = ? ORDER BY src DESC"
                id = self._shell.desk.ledger().value(sql + " LIMIT 1", person)
                return {name: id} if id else {}
        return {}

    def correct(self, seq: int, *, line: str | None = None, draft: Draft | None = None) -> None:
        """Opens the form that corrects the fact behind an event, or one line of it, as ``draft`` has it.

        Args:
            seq: the position of the event.
            line: the line of it, ``guests/3``; None for all of it.
            draft: answers that were begun; None for none.
        """
        from taizhang.readmodels.eventpage import told_now
        from taizhang_tui.forms.forms import CorrectionForm
        from taizhang_tui.screens.form import FormScreen

        if self.refused():
            return
        event = self._shell.desk.ws.event(seq)
        line = line or event.envelope.line
        told = told_now(self._shell.desk.view, event, line)
        if event.envelope.voids is not None:
            self._shell.tell(
                "作废不能更正，只能再作废|a void cannot be corrected, only voided", "warning"
            )
        elif event.event is None or event.name not in self._shell.desk.ws.registry.events:
            self._shell.tell(
                "#{seq} 属于未载入的插件|#{seq} belongs to a programme not loaded",
                "warning",
                seq=seq,
            )
        elif told is None:
            self._shell.tell(
                "#{seq} 已作废，不能更正；先作废那次作废|#{seq} is void; void the void first",
                "warning",
                seq=seq,
            )
        elif not specs(type(told.event)) or told.version.envelope.plugin == "store":
            self._shell.tell("开账事件不能更改|this event cannot be changed", "warning")
        else:
            form = CorrectionForm.of(self._shell.desk, event, told, self._title(event), line)
            self._shell.push_screen(FormScreen(form, draft))

    def _title(self, event: Recorded) -> Label:
        from taizhang.readmodels.events import label

        registry = self._shell.desk.ws.registry
        return Label(label(registry, event, "zh"), label(registry, event, "en"))

    def void(self, seq: int, *, line: str | None = None) -> None:
        """Opens the form that takes an event back, or one line of it."""
        from taizhang_tui.forms.forms import VoidForm
        from taizhang_tui.screens.form import FormScreen

        if not self.refused():
            desk = self._shell.desk
            event = desk.ws.event(seq)
            form = VoidForm.of(desk, seq, self._title(event), line=line)
            self._shell.push_screen(FormScreen(form))

    def undo(self) -> None:
        """Takes back the last action of one's own, all its events; or the batch that it is part of."""
        if not self.refused():
            self._shell.run_worker(self._undo(), group="undo")

    async def _undo(self) -> None:
        from taizhang.readmodels.own import last_own
        from taizhang_tui.forms.forms import RevertForm, VoidForm
        from taizhang_tui.screens.form import FormScreen

        desk = self._shell.desk
        events = await desk.read(lambda: last_own(desk.view, desk.ws.actor))
        if not events:
            self._shell.tell("没有可以撤销的登记|there is nothing of yours to take back")
            return
        last, title = events[0], self._titles(events)
        if (batch := last.envelope.correlation) is not None:
            self._shell.push_screen(FormScreen(RevertForm.of(desk, batch, title)))
        else:
            void = VoidForm.of(desk, last.position, title, whole=True)
            self._shell.push_screen(FormScreen(void))

    def _titles(self, events: Sequence[Recorded]) -> Label:
        """Names the events of an action, each once, in their order."""
        found = list(dict.fromkeys(self._title(event) for event in reversed(events)))
        return Label("、".join(t.zh for t in found), ", ".join(t.en for t in found))

    def saved(self, receipt: Receipt, form: Form, subjects: Sequence[str]) -> None:
        """Tells what was recorded by a form about ``subjects``, and has the screens show it.

        In a worker of the app's: the workers of a form end with the form.

        Args:
            receipt: what was recorded.
            form: the form that recorded it.
            subjects: whom it was about.
        """
        told = form.told(receipt)
        self._shell.run_worker(self._saved(receipt, form.title, subjects, told), group="saved")

    def _called(self, tag: str) -> str:
        kind, _, id = tag.partition(":")
        return called(self._shell.desk.view.at(), kind, id, self._shell.language)

    def imported(self, receipt: Receipt, what: Label) -> None:
        """Tells what was recorded as one from elsewhere, and has the screens show it."""
        self._shell.run_worker(self._saved(receipt, what, (), None), group="saved")

    async def _saved(
        self, receipt: Receipt, title: Label, subjects: Sequence[str], told: Recorded | None
    ) -> None:
        from taizhang_tui.forms.trial import line

        await self._shell.desk.changed()
        view, language = self._shell.desk.view, self._shell.language
        kinds = subjects_first(self._shell.desk.ws.registry)
        deed = title.text(language) if told is None else line(view, told, language)
        if told is None and receipt.batch is None:
            about = _about(receipt, subjects, kinds)
            deed += "".join(f" {self._called(tag)}" for tag in about)
        parts = [f"{say('已登记|recorded', language)} #{min(receipt.seq)}", deed]
        if len(receipt.seq) > 1:
            parts.append(say("共 {n} 条|{n} events", language).format(n=f"{len(receipt.seq):,}"))
        if receipt.batch is not None:
            parts.append(say("批次|batch", language) + f" {receipt.batch}")
        self._shell.notify("  ".join(parts))
        for problem in receipt.refused[:KEPT]:
            self._shell.notify(problem.text(language), severity="warning")
        if len(receipt.refused) > KEPT:
            self._shell.notify(f"… {len(receipt.refused) - KEPT:,}", severity="warning")
        if (trouble := self._shell.desk.ws.sealing.trouble) is not None:
            self._shell.notify(unsealed(trouble).text(language), severity="warning")
        self._shell.following.renew(_place(receipt, kinds))


def _new(receipt: Receipt, kinds: Sequence[str]) -> str | None:
    """The entity that was made, as a tag."""
    made = ((kind, receipt.ids.get(kind)) for kind in kinds)
    return next((f"{kind}:{id}" for kind, id in made if isinstance(id, str)), None)


def _about(receipt: Receipt, subjects: Sequence[str], kinds: Sequence[str]) -> Sequence[str]:
    """Names whom the deed was about: who was made, else the first that was named, else what all its events
    name.
    """
    if (new := _new(receipt, kinds)) is not None:
        return [new]
    if subjects:
        return subjects[:1]
    common = [t for t in receipt.events[0].tags if all(t in e.tags for e in receipt.events)]
    return [t for kind in kinds for t in common if t.startswith(f"{kind}:")][:1]


def _place(receipt: Receipt, kinds: Sequence[str]) -> str | None:
    """The entity on which the cursor should come to stand."""
    tags = [t for e in receipt.events for t in e.tags]
    found = [t for kind in kinds for t in tags if t.startswith(f"{kind}:")]
    subject = _new(receipt, kinds) or next(iter(found), None)
    return None if subject is None else subject.partition(":")[2]
