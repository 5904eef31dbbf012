"""A county's office with 142 in-service members, and a programme that checks them every quarter."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from officekit import notes

from taizhang.cli import main
from taizhang.workspace import Request, Workspace

PROGRAMME = '''
"""季度报到: check-in and volunteering of in-service members, domain rules R01 and R02."""

import datetime as dt

from taizhang.api import Choice, Counting, Deed, Member, Programme, Row, Selection, field

programme = Programme("quarterly", "季度报到|Quarterly check", api=1, needs=("members", "volunteering"))


class CheckinRow(Row):
    """A member reported to the community."""

    member: Member = field("党员|Member")
    where: Choice = field("方式|How", choices=("到场|In person", "电话|By telephone"))


checkins = programme.records("checkins", "报到|Check-ins", CheckinRow)


@programme.deed("checkin.record", "记报到|Record a check-in", event="checked_in")
class CheckIn(Deed):
    """A member reported to the community."""

    member: Member = field("党员|Member")
    where: Choice = field("方式|How", choices=("到场|In person", "电话|By telephone"))


checkins.records(CheckIn)

in_service = Selection("attachments", "member", where={"kind": "双重管理"})
programme.duty(
    "check", "季度报到和志愿服务|Check-in and volunteering", who=in_service,
    counts=(Counting("quarterly_checkins", "member"), Counting("services", "member", day="day")),
    at_least=1, per="quarter", since=dt.date(2012, 1, 1), source="D4.12",
)
programme.duty(
    "service", "季度志愿服务|Quarterly service", who=in_service,
    counts=Counting("services", "member", sum="minutes", day="day", zero=True),
    at_least=60, per="quarter", since=dt.date(2012, 1, 1),
)
programme.figure("rate", "季度报到完成率|Quarterly rate", measure="share:check", by="organisation")
'''.replace("where: Choice", "how: Choice")

START = "2011-05-01"


class Office:
    """The store, read and asked as users do."""

    def __init__(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.store = store
        self._capsys = capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """Exit code and what was printed."""
        self._capsys.readouterr()
        code = 0
        try:
            main(["--store", str(self.store), *words])
        except SystemExit as leave:
            code = leave.code if isinstance(leave.code, int) else 0
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def read(self, *words: str) -> Any:
        """What a command answers as JSON."""
        code, out, err = self(*words, "--json")
        assert code == 0, err
        return json.loads(out)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """``install(name, source)``: a programme is there as pip leaves it."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)

    def installed(name: str, source: str) -> None:
        # What another test has installed under this name is no longer there.
        monkeypatch.delitem(sys.modules, f"taizhang_{name}", raising=False)
        notes.install(site, name, source)

    return installed


@pytest.fixture
def quarterly(install: Callable[[str, str], None]) -> None:
    """The programme of the quarterly check."""
    install("quarterly", PROGRAMME)


def _county(path: Path) -> None:
    """示例县 with one community of two general branches, and 142 members of units attached to it."""
    with Workspace.init(path, today=dt.date(2013, 1, 5), actor="张三") as ws:
        made: dict[str, str] = {}
        for name, kind, parent in (
            ("示例县委", "党委", None),
            ("天井湖社区党工委", "党工委", "示例县委"),
            ("东湖社区党工委", "党工委", "示例县委"),
            ("天桥总支", "总支", "天井湖社区党工委"),
            ("五松总支", "总支", "天井湖社区党工委"),
            ("县供电局党支部", "外部组织", None),
        ):
            fields = {"name": name, "kind": kind, "parent": made.get(parent or "")}
            receipt = ws.record("organisation.found", fields, on=START)
            made[name] = receipt.ids["organisation"]
        home = {"organisation": made["县供电局党支部"], "category": "在职党员"}
        ws.record_batch(
            [
                Request("member.register", {"name": f"党员{i:03d}", **home}, START)
                for i in range(142)
            ]
        )
        members = [r["id"] for r in ws.at().rows("members")]
        names = ws.at().names("member", members)
        members.sort(key=names.__getitem__)
        requests = []
        for i, member in enumerate(members):
            to = made["五松总支" if i % 3 else "天桥总支"]
            requests.append(Request("member.attach", {"member": member, "organisation": to}, START))
        ws.record_batch(requests)
        requests = []
        for i, member in enumerate(members):
            if i >= 6:  # six did not check in, six others did not serve: 130 of 142 did both
                fields = {"member": member, "how": "到场"}
                requests.append(Request("quarterly.checkin.record", fields, "2012-11-02"))
            if not 6 <= i < 12:
                served = {"member": member, "minutes": 30 + 30 * (i % 2)}
                requests.append(Request("service.log", served, "2012-10-20"))
        ws.record_batch(requests, accept=True)


@pytest.fixture
def office_of(capsys: pytest.CaptureFixture[str]) -> Callable[[Path], Office]:
    """The office of a store."""
    return lambda store: Office(store, capsys)


@pytest.fixture
def county(
    quarterly: None, copied: Callable[..., Path], office_of: Callable[[Path], Office]
) -> Office:
    """The county's office."""
    return office_of(copied(_county))
