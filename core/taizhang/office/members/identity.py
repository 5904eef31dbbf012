"""The person to whom a number belongs (同一人): one ID number is one person, who is restored, never registered again.

The rule is a check, so that it holds at every entrance: an action, many at once, a batch, a roster, a
correction, a void that is taken back. What it refuses is told with the facts and with what to do.
"""

from __future__ import annotations

from typing import Any

from taizhang.api import Label, Ledger, bearers, english, same_number
from taizhang.office.members.tables import DEAD, LEAVING, programme

BESIDE = ("people.member",)
"""Where numbers of people stand who are no members."""


def _who_it_is(ledger: Ledger, id: str, src: int) -> Label:
    """Says whose number it is already, what became of that person, and which action is the right one."""
    _, _, other = next(bearers(ledger, "members", "id_number", [id], BESIDE))
    facts, todo = standing_of(ledger, other), advice(ledger, other)
    return Label(
        f"这个身份号码是{facts.zh}的，同一号码即同一人，不另行登记；{todo.zh}",
        f"this ID number is that of {facts.en}; one number is one person, who is not registered again: {todo.en}",
    )


programme.check(
    "same-number",
    "另一名党员有相同的身份号码|Another member has the same ID number",
    entity="member",
    reads=("members", "people", "personal"),
    tell=_who_it_is,
)(same_number("members", "id_number", *BESIDE))


def standing_of(ledger: Ledger, member: str) -> Label:
    """A member by name and id, with the branch, or with when and how membership ended."""
    name = ledger.names("member", [member]).get(member, "")
    gone = departure(ledger, member)
    if gone is not None:
        how = english(LEAVING, gone["how"])
        return Label(
            f"“{name}”（{member}，{gone['on_date']} {gone['how']}，#{gone['src']}）",
            f"“{name}” ({member}, {how} on {gone['on_date']}, #{gone['src']})",
        )
    place = _place(ledger, member)
    return Label(f"“{name}”（{member}，{place}）", f"“{name}” ({member}, {place})")


def advice(ledger: Ledger, member: str) -> Label:
    """Says what to do instead of registering a known member once more."""
    gone = departure(ledger, member)
    if not ledger.spans("members", id=member):
        return Label(
            f"入党或登记为党员时填“人员”（member.register --person {member}）",
            f"when this person becomes a member, say who it is (member.register --person {member})",
        )
    if gone is None:
        return Label(
            "换支部用“调整支部”（member.move）或介绍信（transfer.issue），改资料用“更正资料”（member.correct_details）",
            "move the member (member.move, transfer.issue) or correct the details (member.correct_details)",
        )
    if gone["how"] == DEAD:
        return Label(
            f"死亡如系误记，先作废 #{gone['src']}（void {gone['src']}）",
            f"if the death was recorded by mistake, void #{gone['src']} (void {gone['src']})",
        )
    return Label(
        f"回来的用“恢复党籍”（member.restore）登记；出党如系误记，作废 #{gone['src']}（void {gone['src']}）",
        f"who comes back is restored (member.restore); if the leaving was a mistake, void #{gone['src']} "
        f"(void {gone['src']})",
    )


def namesakes(ledger: Ledger, name: str, organisation: str) -> list[str]:
    """The members of that name who are, or were last, in an organisation, given by its id or its name."""
    found = []
    for member in ledger.ever_called("member", name):
        spans = ledger.spans("memberships", member=member)
        there = spans[-1]["organisation"] if spans else ""
        if organisation in (there, "") or there in ledger.ever_called("organisation", organisation):
            found.append(member)
    return found


def departure(ledger: Ledger, member: str) -> dict[str, Any] | None:
    """The record of how membership ended, for one whose life has no later part; None for others."""
    if ledger.ending("members", member) is None:
        return None
    left = ledger.spans("departures", member=member)
    return left[-1] if left else None


def _place(ledger: Ledger, member: str) -> str:
    """Says where the formal relation sits, or sat last."""
    spans = ledger.spans("memberships", member=member)
    if not spans:
        return member
    branch = str(spans[-1]["organisation"])
    return ledger.names("organisation", [branch]).get(branch, branch)


__all__ = ["advice", "departure", "namesakes", "standing_of"]
