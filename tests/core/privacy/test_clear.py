"""Texts that stood in the clear in older events: said by doctor, sealed by reseal, and none is declared any more."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

from taizhang.cli import main
from taizhang.declarations.fields import specs
from taizhang.declarations.kinds import TextKind
from taizhang.declarations.lines import line_fields
from taizhang.maintenance.clear import any_clear
from taizhang.maintenance.erasing import erase
from taizhang.maintenance.resealing import reseal
from taizhang.words.errors import Refused
from taizhang.workspace import Workspace
from taizhang_eventstore.personal.cipher import ERASED
from taizhang_eventstore.verifying.verifying import verify

GOLDEN = Path(__file__).parents[2] / "golden"

OF_THINGS = {
    "account.changed.book",
    "account.opened.book",
    "account.received.reference",
    "account.spent.reference",
    "activity.held.audience",
    "asset.got.code",
    "asset.moved.code",
    "calendar.arranged.source",
    "campaign.changed.theme",
    "campaign.opened.theme",
    "development.planned.paper",
    "disclosure.posted.audience",
    "disclosure.posted.basis",
    "dues.fixed.rule",
    "dues.remitted.voucher",
    "facility.changed.hours",
    "facility.opened.hours",
    "fact.stated.source",
    "group.stated.source",
    "honour.awarded.reference",
    "honour.changed.reference",
    "meeting.held.body",
    "meeting.held.place",
    "meeting.held.reference",
    "member.disciplined.decided_by",
    "member.disciplined.paper",
    "organisation.founded.code",
    "parameter.set.edition",
    "parameter.set.of",
    "parameter.set.source",
    "parameter.unset.of",
    "regulation.adopted.code",
    "regulation.amended.code",
    "service_item.changed.hours",
    "service_item.changed.measures",
    "service_item.offered.hours",
    "service_item.offered.measures",
    "team.formed.skill",
    "term.begun.edition",
    "term.extended.edition",
    "transfer.issued.number",
    "transfer.printed.because",
}
"""Free texts that say something of a thing: a source, a place, a number of a paper."""


def test_no_free_text_is_about_nobody(hall: Path) -> None:
    """Whoever adds one says whose key it is under, or puts it on the list of what is about a thing."""
    with Workspace.open(hall, actor="张三") as ws:
        owned = [d for d in ws.registry.event_of.values() if d.owner not in ("store", "gather")]
        free = {
            f"{declared.name}.{name}"
            for declared in owned
            for cls in (declared.type, *line_fields(declared.type).values())
            for name, spec in specs(cls).items()
            if type(spec.kind) is TextKind and not spec.kind.personal
        }
        assert {"liudai", "wujian", "sanguan", "liunuo"} <= {d.owner for d in owned}
    posts = {name for name in free if name.split(".")[1].startswith("post_")}
    assert free - posts == OF_THINGS


def older(tmp_path: Path, name: str = "v3") -> Path:
    store = Path(shutil.copytree(GOLDEN / name, tmp_path / "store"))
    (store / "expected.json").unlink()
    return store


def spans(ws: Workspace) -> dict[str, Any]:
    return {t: ws.at().spans(t) for t in ws.registry.tables}


def doctor(store: Path, capsys: Any) -> str:
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["--store", str(store), "doctor"])
    return str(capsys.readouterr().out)


def test_older_texts_are_said_and_resealed(tmp_path: Path, capsys: Any) -> None:
    store, new = older(tmp_path), tmp_path / "new"
    with Workspace.open(store) as ws:
        matter = ws.at().spans("wujian_matters")[0]
        kind, what = str(ws.registry.table("wujian_matters").entity), matter["what"].encode()
        assert any_clear(ws.ledger.db)
        with pytest.raises(Refused, match="reseal"):
            erase(ws, kind, matter["id"], "个案已了")
        before, size = spans(ws), ws.log.head()
        events = [(e.position, e.type, e.tags, e.event) for e in ws.log.read()]
        made = reseal(ws, new, None)
    assert made["size"] == size
    assert "明文" in doctor(store, capsys)
    assert what in (store / "events.db").read_bytes()
    assert what not in (new / "events.db").read_bytes()
    with Workspace.open(new) as ws:
        assert spans(ws) == before
        assert not any_clear(ws.ledger.db)
        assert [(e.position, e.type, e.tags, e.event) for e in ws.log.read()][:-1] == events
        with pytest.raises(Refused, match="已经加密"):
            reseal(ws, tmp_path / "again", None)
        erase(ws, kind, matter["id"], "个案已了")
        (told,) = {r["what"] for r in ws.at().spans("wujian_matters", id=matter["id"])}
        assert told == ERASED
    assert "没有明文" in doctor(new, capsys)
    assert verify(new).exit_code == 0


def test_a_new_text_is_under_the_key_of_its_case(hall: Path) -> None:
    with Workspace.open(hall, actor="张三") as ws:
        unit = ws.record("unit.register", {"name": "县医院"}, on="2010-01-01").ids["unit"]
        fields = {"unit": unit, "what": "看望病中的赵老师"}
        seq = ws.record("act.record", fields, on="2010-02-01").seq[0]
        recorded = ws.log.get(seq)
        assert recorded is not None
        assert "赵老师".encode() not in recorded.data
        assert not any_clear(ws.ledger.db)
        assert ws.at(dt.date(2010, 3, 1).isoformat()).rows("acts")[0]["what"] == fields["what"]
