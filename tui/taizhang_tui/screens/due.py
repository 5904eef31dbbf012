"""Duties of an organisation (待办) with the names behind them, and figures (统计数) with their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from taizhang.duties.board import named
from taizhang.readmodels import due, figures
from taizhang.readmodels.defining import Defining
from taizhang.readmodels.listing import Listing, Made
from taizhang_tui.screens.base import Context
from taizhang_tui.screens.tables import ListingScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taizhang.declarations.duties import Figure


class OfOrganisation(ListingScreen):
    """A listing about an organisation and all below it; None is the store."""

    def __init__(self, organisation: str | None) -> None:
        super().__init__()
        self.organisation = organisation

    def context(self) -> Context:
        """The organisation."""
        return Context(organisation=self.organisation or "")

    def called(self) -> str:
        """The organisation's name."""
        if self.organisation is None:
            return self.say("全部|everything")
        names = self.desk.ledger().names("organisation", [self.organisation])
        return names.get(self.organisation) or self.organisation


class DueScreen(OfOrganisation):
    """The duties of an organisation."""

    ABOUT = (
        "各项职责在上一期和本期办到什么程度：本组织一行，下级各一行。回车看名单，名单只给本社区及以下；f 看统计数。"
        "|How far each duty is done, in the last window and the one that runs: a line for the organisation, "
        "one for each below it. Enter lists names, for the community and below; f shows figures."
    )
    HINT = "按职责、组织或状态筛选|duty, organisation or state"
    EMPTY = "这里没有人有职责；职责由项目插件声明|nobody here has a duty; programmes declare them"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f,ｆ", "figures", "统计数|Figures")]

    def title_words(self) -> str:
        """The title: the list and the organisation."""
        return f"{self.say('待办|Duties')} {self.called()}"

    def source(self, text: str) -> Listing:
        """The lines."""
        return due.duties(self.desk.reading(), self.organisation, text, self.taizhang.language)

    def open(self, key: str) -> None:
        """The names behind a line."""
        source = self.table.source
        line = source.items.get(key) if isinstance(source, Made) else None
        if line is None:
            return
        communities = due.communities_of(self.desk.ledger(), self.desk.ws.paths.settings())
        if line.organisation == "" or not named(self.desk.ledger(), line.organisation, communities):
            self.taizhang.tell(
                "名单只给本社区及以下；在社区之上只看数目"
                "|names are for the community and below; from above there are numbers only",
                "warning",
            )
            return
        self.taizhang.push_screen(NamesScreen(line, communities))

    def action_figures(self) -> None:
        """Figures of the same organisation."""
        self.taizhang.push_screen(FiguresScreen(self.organisation))


class NamesScreen(OfOrganisation):
    """The names that have done a duty and those that have not."""

    ABOUT = (
        "一项职责在一期内每个人办到什么程度，最紧要的在前；回车打开。"
        "|Where everyone stands in a duty, the most pressing first; enter opens the page."
    )
    HINT = "按姓名、状态或组织筛选|name, state or organisation"
    EMPTY = "这一天没有人有这项职责|nobody has this duty on that day"

    def __init__(self, line: due.DutyLine, communities: Sequence[str] | None) -> None:
        super().__init__(line.organisation)
        self.line, self.communities = line, communities

    def title_words(self) -> str:
        """The duty and its window."""
        return f"{self.line.label} {self.line.window} {self.called()}"

    def note(self) -> str:
        """The definition of the duty."""
        return self.line.definition

    def source(self, text: str) -> Listing:
        """The names."""
        read, language = self.desk.reading(), self.taizhang.language
        shown = ("name", "state", "value", "organisation", "due")
        return due.names(
            lambda: due.names_behind(read(), self.line, self.communities, language),
            shown,
            language,
            text,
        )


class FiguresScreen(OfOrganisation):
    """All figures."""

    ABOUT = (
        "各项统计数现在是多少、逐期如何变化；回车按期、按组看，再回车列出数到的每一行。"
        "|Every figure, its number now and how it came to it; enter divides it, enter again opens its rows."
    )
    HINT = "按名称筛选|name"
    EMPTY = "没有声明统计数|no figures are declared"

    def title_words(self) -> str:
        """The title: the list and its subject."""
        return f"{self.say('统计数|Figures')} {self.called()}"

    def source(self, text: str) -> Listing:
        """The figures."""
        return figures.every(self.desk.reading(), self.organisation, text, self.taizhang.language)

    def open(self, key: str) -> None:
        """One of them."""
        figure = self.desk.ws.registry.figures[key]
        self.taizhang.push_screen(FigureScreen(figure, self.organisation))


class FigureScreen(OfOrganisation):
    """One figure over time and by group."""

    ABOUT = (
        "一项统计数，最近的一期在前，各组在其下；回车列出这一期数到的每一行。"
        "|One figure, the last period first, its groups below; enter lists the rows counted in the period."
    )
    HINT = "按期或分组筛选|period or group"

    def __init__(self, figure: Figure, organisation: str | None) -> None:
        super().__init__(organisation)
        self.figure = figure

    def title_words(self) -> str:
        """The figure, and of what."""
        return f"{self.figure.label.text(self.taizhang.language)} {self.called()}"

    def note(self) -> str:
        """The definition of the figure."""
        return Defining(self.desk.ws.registry, self.taizhang.language).figure(self.figure)

    def source(self, text: str) -> Listing:
        """Its numbers."""
        read, language = self.desk.reading(), self.taizhang.language
        return figures.over_time(read, self.figure, self.organisation, text, language)

    def open(self, key: str) -> None:
        """The rows behind a number, or the duty behind a share."""
        if self.figure.select is None:
            self.taizhang.push_screen(DueScreen(self.organisation))
            return
        source = self.table.source
        number = source.items.get(key) if isinstance(source, Made) else None
        if number is not None:
            self.taizhang.push_screen(CountedScreen(self.figure, self.organisation, number))


class CountedScreen(OfOrganisation):
    """The rows that a figure has counted."""

    ABOUT = (
        "这个数由这些行而来；回车打开登记该行的事件。"
        "|The number is made of these rows; enter opens the event behind one."
    )
    EMPTY = "这一期没有数到任何一行|nothing was counted in this period"

    def __init__(self, figure: Figure, organisation: str | None, number: figures.Number) -> None:
        super().__init__(organisation)
        self.figure, self.number = figure, number

    def title_words(self) -> str:
        """The figure and its period."""
        return f"{self.number.label} {self.number.period} {self.called()}"

    def note(self) -> str:
        """The definition of the figure."""
        return self.number.definition

    def source(self, text: str) -> Listing:
        """Its rows."""
        read, language, end = self.desk.reading(), self.taizhang.language, str(self.number.end)
        return figures.counted(read, self.figure, self.organisation, end, text, language)


__all__ = ["CountedScreen", "DueScreen", "FigureScreen", "FiguresScreen", "NamesScreen"]
