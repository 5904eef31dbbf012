"""Numbers of people on the command line: masked, unless they are asked for."""

from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBQuery, DCBQueryItem

from taizhang.workspace import Workspace

from .conftest import Command

PHONE, NUMBER = "13812345678", "340702197501011234"
SHOWN = ("138****5678", "340***********1234")
REGISTER = (
    "record", "member.register", "--name", "王小明", "--organisation", "第一支部",
    "--phone", PHONE, "--id-number", NUMBER, "--on", "2010-01-01",
)  # fmt: skip


def full(text: str) -> bool:
    assert (PHONE in text) == (NUMBER in text)
    return PHONE in text


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_numbers_are_shown_in_full_only_when_asked_for(
    office: Command, as_json: tuple[str, ...]
) -> None:
    recorded = office(*REGISTER)
    assert recorded.code == 0
    assert not full(recorded.out + recorded.err)
    assert all(number in recorded.out for number in SHOWN)
    for words in (("show", "members"), ("show", "members", "--all"), ("events",)):
        masked = office(*words, *as_json)
        assert not full(masked.out)
        assert all(number in masked.out for number in SHOWN)
        plain = office(*words, "--plain", *as_json)
        assert (masked.code, plain.code) == (0, 0)
        assert full(plain.out)
        assert not any(number in plain.out for number in SHOWN)


def test_a_correction_and_a_filter_by_the_full_number(office: Command) -> None:
    assert office(*REGISTER).code == 0
    seq = str(office("events", "--json").json[-1]["seq"])
    made = office("correct", seq, "--phone", "13912345678", "--reason", "换号")
    assert "139****5678" in made.out
    assert "13912345678" not in made.out
    found = office("show", "members", "--where", "phone=13912345678", "--json").json
    assert [row["phone"] for row in found] == ["139****5678"]


def test_an_event_that_nothing_here_declares(office: Command, tmp_path: Path) -> None:
    """Its plugin is not here, so no kind says what is a number: it goes by its looks."""
    assert office(*REGISTER).code == 0
    with Workspace.open(tmp_path / "store") as ws:
        envelope = ws.event(ws.log.head()).envelope
        payload = f'{{"tel": "{PHONE}", "card": "{NUMBER}"}}'.encode()
        event = ws.registry.codec.encode_raw("elsewhere.noted@1", payload, envelope, [])
        ws.log.append([event], DCBAppendCondition(DCBQuery([DCBQueryItem(tags=["none"])])))
    for words in (("events", "--type", "elsewhere"), ("events", "--type", "elsewhere", "--json")):
        assert not full(office(*words).out)
        assert SHOWN[0] in office(*words).out
        assert full(office(*words, "--plain").out)
