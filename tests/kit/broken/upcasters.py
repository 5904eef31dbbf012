"""Its upcaster forgets what the oldest notes lack: a text."""

from typing import Any

from taizhang.api import Event, Member, Programme, Text, field

programme = Programme("upcasters", "试验|Trial", api=1, needs=("members",))


def _up(payload: dict[str, Any]) -> dict[str, Any]:
    return {"member": payload["member"], "text": payload["words"]}


@programme.event("note_taken", "记了便条|Note taken", version=2, upcasters={1: _up})
class NoteTaken(Event):
    """A note."""

    member: Member = field("党员|Member")
    text: Text = field("内容|Text")
