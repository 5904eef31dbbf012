"""Hooks: where a programme adds behaviour. What it owns is declared; what it does is hooked.

One typed specification of every hook; programmes implement them with :data:`hookimpl` in the module that
holds their ``programme``. Calls go through this module, which names the plugin that fails and goes on.
A hook's docstring says what it is for, what it is given, when it is called, and has an example that a test
runs. One that is going is marked ``@deprecated`` above ``@hookspec``.
"""

from __future__ import annotations

import datetime as dt
import difflib
import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import pluggy
from msgspec import Struct

from taizhang.isolation.boundary import Misgiven, shape, upto
from taizhang.isolation.guard import Guard, PluginFault
from taizhang.words.deprecation import deprecation_of
from taizhang.words.errors import Usage

if TYPE_CHECKING:
    import click

    from taizhang.declarations.ledger import Ledger

PROJECT = "taizhang"
DEMONSTRATING = "生成示例|making the demonstration"
MOST_DEALS = 100_000
"""Actions that a programme adds to the demonstration, at the most."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Ref(Struct, frozen=True):
    """Stands in a demonstration's field for an id that is known once ``key`` has been recorded."""

    key: str


class Deal(NamedTuple):
    """One action of a demonstration: its day, the key of the member that it concerns, if any, and its
    other fields. ``makes`` names what it makes for later ones, which are recorded after it; the name
    begins with the programme's id.
    """

    action: str
    on: dt.date
    member: str
    fields: Mapping[str, Any]
    makes: str = ""


class Scene(Struct, frozen=True):
    """The demonstration as a programme sees it: chance (from the seed) and its today; keys of the in-service
    members, of those who stay to the end, and of the mobile ones among these, each with the day since when
    they take part; keys of the committee and of the organisations next below it.
    """

    chance: random.Random
    today: dt.date
    in_service: tuple[tuple[str, dt.date], ...]
    members: tuple[tuple[str, dt.date], ...] = ()
    mobile: tuple[tuple[str, dt.date], ...] = ()
    committee: str = ""
    villages: tuple[str, ...] = ()


class Done(Protocol):
    """An answer to what was recorded: the positions of its events, and ids by the kind of entity that it
    made.
    """

    @property
    def seq(self) -> tuple[int, ...]: ...

    @property
    def ids(self) -> Mapping[str, Any]: ...


class OpenStore(Protocol):
    """An open store as commands of programmes see it."""

    def at(self, on: dt.date | str | None = None, known: int | str | None = None) -> Ledger:
        """The ledger on a day (today), as known at a position or time (now)."""
        ...

    def today(self) -> dt.date:
        """The store's day."""
        ...

    def record(self, action: str, fields: Mapping[str, Any] | None = None, **words: Any) -> Done:
        """Records an action, as a form does.

        Args:
            action: The action's name.
            fields: What a form would hold, by field, as people write it.
            words: ``on`` (today), ``reason``, ``document``.

        Raises:
            Refused: and others that say which rule is broken; then nothing is recorded.
        """
        ...


class Office(Protocol):
    """The caller of a programme's command: what stands before it on the command line."""

    language: str
    """``zh`` or ``en``."""

    def read(self) -> AbstractContextManager[OpenStore]:
        """The store, to be looked at: also where it cannot be written to."""
        ...

    def open(self) -> AbstractContextManager[OpenStore]:
        """The store, to record in."""
        ...


class Specification:
    """All hooks."""

    @hookspec
    def commands(self) -> Iterable[click.Command]:
        """Yield commands that the programme adds to ``taizhang``.

        Each is a ``click.Command`` or group whose name is lower-case and written out, as ``note-count``; its
        help and that of its options are pairs, ``"中文|English"``. With ``click.pass_obj`` it is handed an
        :class:`~taizhang.api.Office`, which opens the store. Called when somebody asks for a command that is
        none of the core's, or for ``taizhang --help``, which lists it under its programme; never for any other
        command. A name that is taken is refused and both owners are named; the core's are always taken. What
        it has to say it raises as ``Refused`` or an exception of click; any other error is its fault.

        Example::

            import click

            @hookimpl
            def commands():
                @click.command("note-count", help="各人的便条数|Notes by member")
                @click.option("--on", help="有效日期|the day")
                @click.pass_obj
                def count(office: Office, on):
                    with office.read() as store:
                        notes = store.at(on).rows("example_notes")
                    for member in sorted({note["member"] for note in notes}):
                        click.echo(f"{member} {sum(n['member'] == member for n in notes)}")

                yield count
        """
        raise AssertionError("a specification is not called")

    @hookspec
    def demonstration(self, scene: Scene) -> Iterable[Deal]:
        """Yield actions of the programme for the demonstration store (示例数据).

        ``scene`` is the demonstration as far as programmes see it: chance, its today, and the in-service
        members with the day since when they take part. All chance has to come from ``scene.chance``: the
        same seed gives the same store. Called once, by ``taizhang demo``; each :data:`Deal` is recorded as if
        somebody had filled in the form.

        Example::

            @hookimpl
            def demonstration(scene):
                for member, since in scene.in_service:
                    yield "example.note.take", since, member, {"text": "报到"}
        """
        raise AssertionError("a specification is not called")


def names() -> frozenset[str]:
    """The names of all hooks."""
    return frozenset(n for n in vars(Specification) if not n.startswith("_"))


def manager() -> pluggy.PluginManager:
    """A plugin manager that knows the hooks."""
    made = pluggy.PluginManager(PROJECT)
    made.add_hookspecs(Specification)
    return made


def register(plugins: pluggy.PluginManager, module: ModuleType, name: str) -> None:
    """Takes in the hooks that a programme's module implements.

    Raises :class:`Usage` for one that nobody calls, most often a misspelt one, for one that takes what
    it is not given, and for a wrapper around others' hooks.
    """
    for hook in dir(module):
        options = plugins.parse_hookimpl_opts(module, hook)
        if options is None:
            continue
        called = options.get("specname") or hook
        if called not in names() and not options["optionalhook"]:
            near = difflib.get_close_matches(called, names(), 1)
            hint = (f"；是否想写 {near[0]}", f"; did you mean {near[0]}?") if near else ("", "")
            raise Usage(
                "没有名为 {name} 的钩子{zh}|there is no hook called {name}{en}",
                name=called,
                zh=hint[0],
                en=hint[1],
            )
        if (going := deprecation_of(getattr(Specification, called, None))) is not None:
            going.tell()
        if options["wrapper"] or options["hookwrapper"]:
            raise Usage(
                "钩子 {name} 不能包裹别人的实现|the hook {name} may not wrap others'", name=called
            )
    try:
        plugins.register(module, name)
    except (pluggy.PluginValidationError, ValueError) as error:
        said = (str(error).strip().splitlines() or [type(error).__name__])[-1].strip()
        raise Usage("钩子写法不对：{what}|a hook is not as specified: {what}", what=said) from None


def demonstrations(plugins: pluggy.PluginManager, scene: Scene, guard: Guard) -> Iterator[Deal]:
    """Gathers what every programme adds to the demonstration, in the order of their names. One that fails
    adds nothing, and the store that is made has it in quarantine.

    Args:
        plugins: The programmes.
        scene: What is there to be added to.
        guard: How their code is called.
    """
    found = plugins.hook.demonstration.get_hookimpls()
    for implementation in sorted(found, key=lambda i: i.plugin_name):
        try:
            with guard.calling(implementation.plugin_name, DEMONSTRATING):
                made = upto(implementation.function(scene), MOST_DEALS)
                listed = [_deal(deal) for deal in made]
        except PluginFault:
            continue
        yield from listed


def _deal(given: object) -> Deal:
    """One action of a demonstration. Raises :class:`Misgiven` for what is none."""
    made = Deal(*given) if isinstance(given, tuple | list) and 4 <= len(given) <= 5 else None
    if (
        made is None
        or not all(isinstance(text, str) for text in (made.action, made.member, made.makes))
        or type(made.on) is not dt.date
        or not isinstance(made.fields, Mapping)
    ):
        raise Misgiven(
            f"示例的一步应为 Deal，给出的是 {shape(given)} / a {shape(given)} is no Deal"
        )
    return made
