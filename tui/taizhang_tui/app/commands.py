"""What any screen can ask of the app: to open something, to record, to take back.

What only a command needs is imported by it: this module is loaded before the first paint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from taizhang.declarations.fields import specs
from taizhang.ledger.schema import quoted
from taizhang.store.sealing import unsealed
from taizhang.words.labels import Label
from taizhang_tui.screens.base import Context, Framed
from taizhang_tui.screens.host import Host
from taizhang_tui.words import say

if TYPE_CHECKING:
    from taizhang.decisions.decision import Receipt
    from taizhang.declarations.programme import ActionDeclaration
    from taizhang_eventstore.recorded import Recorded
    from taizhang_tui.data.looked import Subject

LOOKED_BACK = 300
"""Events among which one's own last one is looked for."""


class Commands(Host):
    """The app's commands; the app itself keeps the clocks and the store."""

    def top(self) -> Framed | None:
        """The full screen in view."""
        found = [s for s in self.screen_stack if isinstance(s, Framed)]
        return found[-1] if found else None

    # Opening

    def open_entity(self, kind: str, id: str) -> None:
        """Opens the page of an entity, or of an event."""
        from taizhang_tui.screens.page import PageScreen

        self.push_screen(PageScreen(kind, id))

    def action_tables(self) -> None:
        """The list of all tables."""
        from taizhang_tui.screens.tables import TablesScreen

        self.push_screen(TablesScreen())

    def action_log(self) -> None:
        """The event log."""
        from taizhang_tui.screens.tables import LogScreen

        self.push_screen(LogScreen())

    def action_due(self) -> None:
        """The duties of the organisation in view."""
        from taizhang_tui.screens.due import DueScreen

        self.push_screen(DueScreen(self._organisation()))

    def action_figures(self) -> None:
        """The figures of the organisation in view."""
        from taizhang_tui.screens.due import FiguresScreen

        self.push_screen(FiguresScreen(self._organisation()))

    def _organisation(self) -> str | None:
        top = self.top()
        return top.context().entities.get("organisation") if top is not None else None

    def action_plugins(self) -> None:
        """Programmes, and what became of them."""
        from taizhang_tui.screens.plugins import PluginsScreen

        if not isinstance(self.top(), PluginsScreen):
            self.push_screen(PluginsScreen())

    def action_import(self) -> None:
        """Import a roster."""
        from taizhang_tui.screens.importing import ImportScreen

        if not self.refuse_past():
            self.push_screen(ImportScreen())

    def action_why(self) -> None:
        """Where the cell under the cursor comes from."""
        from taizhang_tui.screens.why import WhyScreen

        top = self.top()
        looked = top.looked_at() if top is not None else None
        if looked is None:
            self.tell(
                "光标不在台账的行上，没有来由可看|the cursor is on no row of a table", "warning"
            )
        else:
            self.push_screen(WhyScreen(looked))

    def action_difference(self) -> None:
        """What differs between two moments in what is in view."""
        from taizhang_tui.screens.difference import DifferenceScreen, first_pair

        top = self.top()
        what = top.compared() if top is not None else None
        if what is None:
            self.tell("这里没有可以比较的|there is nothing to compare here", "warning")
            return
        pair = first_pair(self.desk.moment, self.desk.ws.today())
        self.push_screen(DifferenceScreen(what, self._called(what), pair))

    def _called(self, what: Subject) -> str:
        """What is compared, in words."""
        registry = self.desk.ws.registry
        if what.kind and what.id:
            return self.desk.ledger().names(what.kind, [what.id]).get(what.id) or what.id
        if what.table is not None:
            return registry.tables[what.table].label.text(self.language)
        return say("全部台账|All tables", self.language)

    def action_clock(self) -> None:
        """Set both clocks."""
        from taizhang_tui.screens.clocks import ClockScreen

        self.push_screen(ClockScreen())

    def action_help(self) -> None:
        """The keys of this screen."""
        from taizhang_tui.screens.help import HelpScreen
        from taizhang_tui.widgets.frame import KeyLine

        top = self.top()
        if top is not None and top is self.screen:
            hints = top.query_one(KeyLine).hints(every=True)
            self.push_screen(HelpScreen(top.ABOUT, hints))

    # Recording

    def action_new(self) -> None:
        """Choose an action; those about what is in view come first."""
        if self.refuse_past():
            return
        from taizhang_tui.data import choices
        from taizhang_tui.widgets.chooser import Chooser

        top = self.top()
        context = top.context() if top is not None else Context()
        kinds: list[str] = [k for k in ("member", "organisation") if k in context.entities]
        kinds += [k for k in context.entities if k not in kinds]
        actions = choices.actions_for(self.desk.ws.registry, kinds)
        actions.sort(key=lambda a: a.name != context.first)
        items = choices.action_items(actions, self.language)
        title = say("新建|New", self.language)

        def chosen(name: str | None) -> None:
            if name is not None:
                self.open_form(self.desk.ws.registry.actions[name], context)

        self.push_screen(Chooser(title, choices.matching(items)), chosen)

    def open_form(self, action: ActionDeclaration, context: Context) -> None:
        """Opens the form of an action, answers known from the context given."""
        from taizhang_tui.data.forms import ActionForm
        from taizhang_tui.screens.form import FormScreen

        if not self.refuse_past():
            form = ActionForm.of(self.desk, action, self._known(action, context))
            self.push_screen(FormScreen(form))

    def _known(self, action: ActionDeclaration, context: Context) -> dict[str, str]:
        """Answers that the context gives: each entity once, and what belongs to it alone."""
        from taizhang_tui.data import choices

        known: dict[str, str] = {}
        left = dict(context.entities)
        if "member" in left and any(s.entity == "member" for s in action.fields.values()):
            left.pop("organisation", None)  # A form about a member asks where to, not from where.
        for name, spec in action.fields.items():
            if spec.entity in left:
                id = left.pop(spec.entity)
                if choices.fitting(self.desk.ledger(), spec.entity, spec.label, [id]):
                    known[name] = id
            elif spec.entity is not None and spec.required and "member" in context.entities:
                known |= self._owned(name, spec.entity, context.entities["member"])
        return known

    def _owned(self, name: str, entity: str, member: str) -> dict[str, str]:
        """The last entity of a kind that is the member's: the letter under way, say."""
        table = self.desk.ws.registry.entity(entity).table
        for column, spec in specs(table.row).items():
            if spec.entity == "member":
                sql = f"SELECT id FROM {quoted(table.name)} WHERE {quoted(column)} = ? ORDER BY src DESC"
                id = self.desk.ledger().value(sql + " LIMIT 1", member)
                return {name: id} if id else {}
        return {}

    def correct(self, seq: int) -> None:
        """Opens the form that corrects the fact behind an event."""
        from taizhang_tui.data.eventpage import living_version
        from taizhang_tui.data.forms import CorrectionForm
        from taizhang_tui.screens.form import FormScreen

        if self.refuse_past():
            return
        event = self.desk.ws.event(seq)
        living = living_version(self.desk.view, event)
        if event.envelope.voids is not None:
            self.tell("作废不能更正，只能再作废|a void cannot be corrected, only voided", "warning")
        elif living is None:
            self.tell(
                "#{seq} 已作废，不能更正；先作废那次作废|#{seq} is void; void the void first",
                "warning",
                seq=seq,
            )
        elif living.event is None or living.name not in self.desk.ws.registry.events:
            self.tell(
                "#{seq} 属于未载入的插件|#{seq} belongs to a programme not loaded",
                "warning",
                seq=seq,
            )
        elif not specs(type(living.event)) or living.envelope.plugin == "store":  # type: ignore[arg-type]
            self.tell("开账事件不能更改|this event cannot be changed", "warning")
        else:
            self.push_screen(
                FormScreen(CorrectionForm.of(self.desk, seq, living, self._title(event)))
            )

    def _title(self, event: Recorded) -> Label:
        from taizhang_tui.data.events import label

        view = self.desk.view
        return Label(label(view, event, "zh"), label(view, event, "en"))

    def void(self, seq: int) -> None:
        """Opens the form that takes an event back."""
        from taizhang_tui.data.forms import VoidForm
        from taizhang_tui.screens.form import FormScreen

        if not self.refuse_past():
            event = self.desk.ws.event(seq)
            self.push_screen(FormScreen(VoidForm.of(self.desk, seq, self._title(event))))

    def action_undo(self) -> None:
        """Take back the last action of one's own."""
        if self.refuse_past():
            return
        seq = self._last_own()
        if seq is None:
            self.tell("没有可以撤销的登记|there is nothing of yours to take back")
        else:
            self.void(seq)

    def _last_own(self) -> int | None:
        """The first event of the last living action recorded by this actor."""
        from taizhang.readmodels.tables import event_state

        view, actor = self.desk.view, self.desk.ws.actor
        for event in self.desk.ws.log.backwards(limit=LOOKED_BACK):
            if event.envelope.actor != actor or event.envelope.plugin == "store":
                continue
            if event_state(view.as_workspace, event) != "void":
                return event.position - event.envelope.i + 1
        return None

    def saved(self, receipt: Receipt) -> None:
        """Something was recorded: say what, and have the screens show it.

        In a worker of the app's: the workers of a form end with the form.
        """
        self.run_worker(self._saved(receipt), group="saved")

    async def _saved(self, receipt: Receipt) -> None:
        from taizhang_tui.data.trial import line

        await self.desk.changed()
        view = self.desk.view
        first = line(view, receipt.events[0], self.language)
        more = f"  … {len(receipt.seq):,}" if len(receipt.seq) > 1 else ""
        done = say("已登记|recorded", self.language)
        self.notify(f"{done} #{min(receipt.seq)}  {first}{more}")
        if (trouble := self.desk.ws.sealing.trouble) is not None:
            self.notify(unsealed(trouble).text(self.language), severity="warning")
        self.renew(_subject(receipt))

    def action_palette(self) -> None:
        """Everything that can be done, by name."""
        from taizhang_tui.data.choices import matching
        from taizhang_tui.screens.board import BoardScreen
        from taizhang_tui.screens.palette import items
        from taizhang_tui.screens.tables import TableScreen
        from taizhang_tui.widgets.chooser import Chooser

        registry, top = self.desk.ws.registry, self.top()
        context = top.context() if top is not None else Context()

        def chosen(key: str | None) -> None:
            what, _, name = (key or "").partition(":")
            if what == "do":
                self.call_later(self.run_action, f"app.{name}")
            elif what == "action":
                self.open_form(registry.actions[name], context)
            elif what == "screen":
                owner, _, name = name.partition(".")
                self.push_screen(BoardScreen(registry.programmes[owner].screens[name]))
            elif what == "table":
                self.push_screen(TableScreen(registry.tables[name]))

        found = matching(items(registry, context, self.language))
        self.push_screen(Chooser(say("命令|Commands", self.language), found), chosen)


def _subject(receipt: Receipt) -> str | None:
    """The entity on which the cursor should come to stand."""
    for kind in ("member", "organisation"):
        found = receipt.ids.get(kind)
        if isinstance(found, str):
            return found
    for kind in ("member", "organisation"):
        for event in receipt.events:
            for tag in event.tags:
                if tag.startswith(f"{kind}:"):
                    return tag.partition(":")[2]
    return None
