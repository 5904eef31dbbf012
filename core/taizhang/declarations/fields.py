"""Declarations: one class gives parsing, validation, tags, columns, schema and form.

``class LeadTaken(Event): member: Member = field("党员|Member")``: an annotated type names the kind,
:func:`field` the label and the rules. Three bases differ only in what they are for: an :class:`Event`
is what happened and is stored for ever, an :class:`Action` is what someone wants, a :class:`Row` is one
row of a table. A :class:`Deed` is an action that is recorded as it stands.

Strict actions, lenient events: bounds and choices are applied when a person's words are
parsed, never when stored bytes are read, so that tightening a rule leaves old events readable.

Fields that an event, the action that yields it and the row that it gives have in common are declared once,
in a subclass of :class:`Shared`.
"""

from __future__ import annotations

import inspect
import sys
import types
import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Self, TypeVar, dataclass_transform

import msgspec
from msgspec import Struct

from taizhang.declarations.kinds import Bad, ChoiceKind, CountKind, Kind, LinesKind, RefKind
from taizhang.declarations.written import REQUIRED as REQUIRED
from taizhang.declarations.written import Written
from taizhang.declarations.written import field as field
from taizhang.words.labels import Label

MOST_LINES = 2_000
"""The most lines of one field of an event: an action that needs more yields several events."""

# fmt: off
RESERVED = frozenset([
    "on", "reason", "document", "actor", "cause", "correlation", "corrects", "voids", "root",
    "recorded_at", "known", "src", "seq", "line", "gone", "since", "until", "rank", "gap", "problem",
    "id_", "check", "decide", "notices", "replace",
])
"""Field names that the envelope, the ledger or the classes themselves use."""

_SQL_KEYWORDS = frozenset([
    "add", "all", "alter", "and", "as", "between", "by", "case", "check", "collate", "commit",
    "constraint", "create", "default", "delete", "distinct", "drop", "else", "escape", "except",
    "exists", "foreign", "from", "group", "having", "in", "index", "insert", "intersect",
    "into", "is", "join", "limit", "not", "null", "or", "order", "primary", "references",
    "select", "set", "table", "then", "transaction", "union", "unique", "update", "using",
    "values", "when", "where",
])
# fmt: on


D = TypeVar("D", bound="Declared")


class FieldSpec(Struct, frozen=True):
    """A field of a declaration: what :func:`field` and the annotation say of it together."""

    name: str
    label: Label
    kind: Kind
    optional: bool
    default: Any
    choices: tuple[Label, ...]
    low: int | None
    high: int | None
    help: Label | None
    ended: bool
    about: str | None = None
    fits: tuple[tuple[str, Any], ...] = ()
    otherwise: Label | None = None

    @property
    def required(self) -> bool:
        """Tells if a person has to give a value."""
        return self.default is REQUIRED

    @property
    def entity(self) -> str | None:
        """The entity kind that the field refers to, or None."""
        return self.kind.entity if isinstance(self.kind, RefKind) else None

    @property
    def wide(self) -> bool:
        """Tells if a reference may mean those that have no row in the table of their kind."""
        return isinstance(self.kind, RefKind) and self.kind.wide

    @property
    def line(self) -> type[Declared] | None:
        """The struct of one line where the field holds lines, or None."""
        return self.kind.line if isinstance(self.kind, LinesKind) else None

    def parse(self, text: str) -> Any:
        """The value that people write as ``text``, within the bounds. Raises
        :class:`~taizhang.declarations.kinds.Bad`. Of a reference it is the text: only a ledger knows names.
        """
        if isinstance(self.kind, ChoiceKind) and self.choices:
            return self.kind.choose(text, self.choices)
        value = self.kind.parse(text)
        if isinstance(self.kind, CountKind):
            if self.low is not None and value < self.low:
                raise Bad(Label(f"不得小于 {self.low}", f"must be at least {self.low}"))
            if self.high is not None and value > self.high:
                raise Bad(Label(f"不得大于 {self.high}", f"must be at most {self.high}"))
        return value

    def show(self, value: Any, language: str = "zh") -> str:
        """``value`` as people read it; unknown choices are shown as they stand."""
        if isinstance(self.kind, ChoiceKind) and language == "en":
            return next((c.en for c in self.choices if c.zh == value), str(value or ""))
        return self.kind.show(value, language)

    def masked(self, value: Any, language: str = "zh") -> str:
        """Shows ``value`` as everybody may see it: of a telephone or ID number the ends only."""
        return self.kind.mask(self.show(value, language))

    def schema(self, language: str = "zh") -> dict[str, Any]:
        """JSON schema of the field."""
        if self.line is not None:
            return {"title": self.label.text(language), **self._lines(self.line, language)}
        made = {"title": self.label.text(language), **self.kind.schema()}
        if self.choices:
            made["enum"] = [c.zh for c in self.choices]
        for key, bound in (("minimum", self.low), ("maximum", self.high)):
            if bound is not None:
                made[key] = bound
        if self.help is not None:
            made["description"] = self.help.text(language)
        if not self.required and self.default is not None:
            made["default"] = self.kind.column(self.default)
        return made

    def _lines(self, line: type[Declared], language: str) -> dict[str, Any]:
        """JSON schema of a list of lines."""
        fields = specs(line)
        made: dict[str, Any] = {
            "type": "array",
            "minItems": self.least,
            "maxItems": self.most,
            "items": {
                "type": "object",
                "properties": {name: spec.schema(language) for name, spec in fields.items()},
                "required": [name for name, spec in fields.items() if spec.required],
                "additionalProperties": False,
            },
        }
        return made | ({"description": self.help.text(language)} if self.help else {})

    @property
    def least(self) -> int:
        """The fewest lines of the field, if it holds lines."""
        return self.low if self.low is not None else int(self.required)

    @property
    def most(self) -> int:
        """The most lines of the field, if it holds lines."""
        return MOST_LINES if self.high is None else min(self.high, MOST_LINES)


def _kind_of(owner: str, name: str, hint: Any) -> tuple[Kind, bool]:
    optional = False
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        rest = [a for a in typing.get_args(hint) if a is not type(None)]
        optional = len(rest) < len(typing.get_args(hint))
        hint = rest[0]
    for extra in getattr(hint, "__metadata__", ()):
        if isinstance(extra, Kind):
            return extra, optional
    raise TypeError(f"{owner}.{name} has no kind: annotate it with a type of taizhang.api")


def hints_of(cls: type[Declared]) -> dict[str, Any]:
    """The annotations of a declaration and its bases, as :func:`typing.get_type_hints` resolves them.

    Nearly all are a name of the module, or that and None: these are looked up. Everything is compiled
    only where one is not, and then whatever is wrong is said as usual.
    """
    hints: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        module = sys.modules.get(base.__module__)
        names = {} if module is None else vars(module)
        for key, written in inspect.get_annotations(base).items():
            if isinstance(written, str):
                name = written.removesuffix(" | None")
                found = names.get(name)
                if found is None or isinstance(found, str):
                    return typing.get_type_hints(cls, include_extras=True)
                hints[key] = found if name is written else found | None
            else:
                hints[key] = written
    if not hints.keys() >= set(cls.__struct_fields__):
        return typing.get_type_hints(cls, include_extras=True)
    return hints


_WRITTEN: dict[type, dict[str, Written]] = {}
_SPECS: dict[type, dict[str, FieldSpec]] = {}
_SHARED: dict[type, tuple[str, ...]] = {}
"""The fields of each class of shared ones, in order; such a class has none itself, so that several can be joined."""


@dataclass_transform(field_specifiers=(field,), kw_only_default=True, frozen_default=True)
class DeclaredMeta(msgspec.StructMeta):
    """Turns ``field(...)`` into struct defaults and remembers what was written.

    A class may say ``first``, the names that come before those of its :class:`Shared` bases, and ``help`` for
    all fields that may be left out and have none of their own.
    """

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        first: Sequence[str] = (),
        help: str = "",
        **options: Any,
    ) -> Any:
        options.setdefault("frozen", True)
        options.setdefault("kw_only", True)
        own = {k: namespace.pop(k) for k, v in list(namespace.items()) if isinstance(v, Written)}
        written: dict[str, Written] = {}
        for base in reversed(bases):
            written = {**_WRITTEN.get(base, {}), **written}
        for key, said in own.items():
            if key in RESERVED or key in _SQL_KEYWORDS or key.startswith("_"):
                raise TypeError(f"{name}.{key}: this field name is reserved")
            if said.label is None and key not in written:
                raise TypeError(f"{name}.{key}: no base has such a field, give it a label")
            written[key] = said.over(written.get(key)) if said.label is None else said
        if help:
            written = {key: said.helped(help) for key, said in written.items()}
        annotated = namespace.get("__annotations__", {})
        given = dict.fromkeys(key for base in bases for key in _SHARED.get(base, ()))
        order = tuple(dict.fromkeys((*first, *given, *annotated)))
        for key in (*first, *own):
            if key not in given and key not in annotated:
                raise TypeError(f"{name}.{key}: there is no such field, annotate it")
        if shared := bool(bases) and all(base in _SHARED for base in bases):
            namespace["__annotations__"] = {}
        else:
            hints = {k: v for base in bases if base in _SHARED for k, v in hints_of(base).items()}
            namespace["__annotations__"] = {k: {**hints, **annotated}[k] for k in order}
            defaults = {k: written[k].default for k in order if k in written}
            namespace |= {k: v for k, v in defaults.items() if v is not REQUIRED}
        cls = super().__new__(mcs, name, bases, namespace, **options)
        if shared:
            cls.__annotations__ = annotated
            _SHARED[cls] = order
        _WRITTEN[cls] = written
        return cls


class Declared(msgspec.Struct, metaclass=DeclaredMeta):
    """Base of all declarations; a frozen keyword-only msgspec struct."""

    if TYPE_CHECKING:

        def __init_subclass__(cls, *, first: Sequence[str] = (), help: str = "") -> None: ...

    def becomes(self, other: type[D], **more: Any) -> D:
        """Makes a declaration of another type, such as the event of an action or the row of an event.

        Args:
            other: Its type; it gets the fields that both have.
            more: Fields that say otherwise, or more.

        Raises:
            TypeError: a field of the other is given by neither.
        """
        own = {name: getattr(self, name) for name in specs(other) if name in specs(type(self))}
        return other(**{**own, **more})


class Shared(Declared):
    """Fields that several declarations have: they are declared once, in a subclass of this, which stands first
    among the bases of each event, action or row that has them.

    Bases give their fields in their order, before the class's own; ``class Registered(Details, Event,
    first=("member",))`` puts others in front. What one of them says otherwise is declared again without a label:
    ``kind: Choice = field(default="其他")``.
    """


_SHARED[Shared] = ()


class Event(Declared):
    """Something that happened. Stored for ever under its name and version."""

    def check(self) -> Iterable[str]:
        """Rules among the fields that a correction is held to: yield ``"中文|English"``. Pure."""
        return ()

    def notices(self, ledger: Any) -> Iterable[str | Label]:
        """Points out, as pairs ``"中文|English"``, where people should look again at what is recorded or corrected,
        though it is taken; ``ledger`` is that of the day, of which nothing is remembered.
        """
        return ()


class Dated(msgspec.Struct, frozen=True):
    """An event of a decision with more said of it: another day than the action's own, a cause of its
    own, and the facts that it rests on (``after``, their positions). Whoever voids one of these
    is told of this event, and with ``cascade`` it goes along.
    """

    event: Event
    on: date
    cause: str | None = None
    after: tuple[int, ...] = ()


class Row(Declared):
    """One row of a table."""

    def replace(self, **changes: Any) -> Self:
        """The row with some fields changed: what most steps of a fold return."""
        return msgspec.structs.replace(self, **changes)

    def updated(self, event: Declared) -> Self:
        """The row with what ``event`` says of its fields; those that are None there stay as they are."""
        said = ((name, getattr(event, name, None)) for name in self.__struct_fields__)
        return self.replace(**{name: value for name, value in said if value is not None})


def spec_of(owner: str, name: str, hint: Any, said: Any) -> FieldSpec:
    """The field ``name`` of ``owner``, by its annotation and by what ``field(...)`` gave."""
    kind, optional = _kind_of(owner, name, hint)
    if said.lines is not None and getattr(kind, "line", None) is not said.lines:
        given = said.lines.__name__
        raise TypeError(f"{owner}.{name}: lines={given} is annotated Lines[{given}]")
    return FieldSpec(
        name,
        said.label,
        kind,
        optional,
        said.default,
        said.choices,
        said.low,
        said.high,
        said.help,
        said.ended,
        said.about,
        said.fits,
        said.otherwise,
    )


def specs(cls: type[Declared]) -> Mapping[str, FieldSpec]:
    """The fields of a declaration, in order, with their kinds and labels."""
    found = _SPECS.get(cls)
    if found is None:
        hints = hints_of(cls)
        found = {}
        for name in cls.__struct_fields__:
            said = _WRITTEN[cls].get(name)
            if said is None:
                raise TypeError(f'{cls.__name__}.{name}: write it as field("中文|English")')
            found[name] = spec_of(cls.__name__, name, hints[name], said)
        _SPECS[cls] = found
    return found


def refs(event: Declared) -> Iterator[tuple[str, str]]:
    """Each ``(entity kind, id)`` that the fields of ``event``, and those of its lines, refer to."""
    for name, spec in specs(type(event)).items():
        if spec.entity is not None and (value := getattr(event, name)):
            yield spec.entity, value
        elif spec.line is not None:
            for line in getattr(event, name):
                if line is not None:
                    yield from refs(line)


def tags(event: Declared) -> list[str]:
    """The tags of an event: ``kind:id`` for everything that it refers to."""
    return list(dict.fromkeys(f"{entity}:{id}" for entity, id in refs(event)))
