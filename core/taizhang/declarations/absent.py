"""Names of programmes that are not loaded (未载入): whose a table or an action is that is not there."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from taizhang.words.labels import Label

STANDS = {
    "disabled": "它已停用，启用用 taizhang plugins enable {name}"
    "|which is disabled; taizhang plugins enable {name} turns it on",
    "untrusted": "它未受信任，看过之后用 taizhang plugins trust {name}"
    "|which is not trusted; once you have read it: taizhang plugins trust {name}",
    "quarantined": "它已隔离，修好后用 taizhang plugins release {name} 放行"
    "|which is quarantined; once mended: taizhang plugins release {name}",
}
OTHERWISE = "它没有载入，见 taizhang plugins list|which is not loaded; see taizhang plugins list"


class Absent(Struct, frozen=True):
    """A programme that was found and is not loaded: its name, its state and what people call it."""

    name: str
    state: str
    label: Label

    @property
    def sentence(self) -> Label:
        """Says whose names these are, and what can be done; the continuation of a sentence."""
        name, label = self.name, self.label
        zh, _, en = STANDS.get(self.state, OTHERWISE).format(name=name).partition("|")
        return Label(
            f"以 {name} 开头的属于插件 {name}（{label.zh}），{zh}",
            f"what begins with {name} belongs to the programme {name} ({label.en}), {en}",
        )


def whose(absent: Mapping[str, Absent], name: str, mark: str) -> Absent | None:
    """Finds the programme whose ``name`` it is: names begin with their owner's, a dot or underline (``mark``)
    after it.
    """
    owners = [owner for owner in absent if name.startswith(owner + mark)]
    return absent[max(owners, key=len)] if owners else None
