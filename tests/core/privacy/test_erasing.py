"""After an erasure no byte of the store says anything of the person, and all else is as it was."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from taizhang.maintenance.erasing import entity_of, erase, plan
from taizhang.words.errors import NotFound, Refused, Usage
from taizhang.workspace import Workspace
from taizhang_eventstore.personal.cipher import ERASED
from taizhang_eventstore.personal.erasures import Erasures
from taizhang_eventstore.verifying.verifying import verify

from .conftest import TEXTS, Office, left

WORKER = Path(__file__).with_name("worker.py")
WHY = "本人书面要求"


def gone(office: Office) -> None:
    assert erase(office.ws, "member", office.person, WHY)[1]


def test_no_byte_is_left_and_every_past_view_says_so(office: Office) -> None:
    mine = office.draft("member.register", TEXTS["name"])
    about = office.draft("service.log", office.person)
    another = office.draft("member.move", "王小明3")
    office.ws.sealing.seal()
    before, head = office.spans(), office.ws.log.head()
    kept = "SELECT text, mark FROM personal WHERE subject = ?"
    bytes_of = [b for row in office.ws.db.execute(kept, (office.subject,)) for b in row if b]
    signs = "SELECT signs, mark FROM _found WHERE id = ?"
    bytes_of += office.ws.db.execute(signs, (office.person,)).fetchone()
    with closing(sqlite3.connect(office.ws.paths.keys)) as db:
        wrapped = "SELECT wrapped FROM keys WHERE subject = ?"
        bytes_of += db.execute(wrapped, (office.subject,)).fetchone()
    stood = [
        any(b in p.read_bytes() for p in office.root.iterdir() if p.is_file()) for b in bytes_of
    ]
    assert len(stood) > 8
    assert all(stood)
    gone(office)
    assert left(office.root) == []
    files = [p.read_bytes() for p in office.root.iterdir() if p.is_file()]
    assert not [b for b in bytes_of if any(b in data for data in files)], "nor encrypted"
    assert not mine.exists()
    assert not about.exists()
    assert another.exists()
    chance = random.Random(7)
    seen = 0
    for _ in range(60):
        on = dt.date(2009, 12, 1) + dt.timedelta(days=chance.randrange(1_200))
        known = chance.choice([None, *range(office.registered, head + 2)])
        ledger = office.ws.at(on, known)
        for row in ledger.rows("members", id=office.person):
            assert (row["name"], row["phone"], row["id_number"]) == (ERASED,) * 3
            seen += 1
        for row in ledger.rows("services", member=office.person):
            assert row["what"] == ERASED
    assert seen > 20
    for event in office.ws.log.read(tags=[office.subject]):
        assert event.envelope.reason in (None, ERASED, WHY)
        assert TEXTS["phone"] not in str(event.payload)
    # Everything that is not a text is as it was.
    personal = {"members": ("name", "phone", "id_number"), "services": ("what",)}
    for table, rows in office.spans().items():
        hidden = personal.get(table, ())
        for old, new in zip(before[table], rows, strict=True):
            for column in old:
                whole = old.get("id") == office.person or old.get("member") == office.person
                wanted = ERASED if whole and column in hidden and old[column] else old[column]
                assert new[column] == wanted
    assert office.ws.at().find("ouyang") == office.ws.at().find("欧阳") == []
    assert verify(office.root).exit_code == 0


def test_rebuilt_is_as_erased_and_as_clean(office: Office) -> None:
    # A correction that says the same again: only the texts could tell that it changes nothing.
    office.ws.correct(office.registered, {"name": TEXTS["name"]}, reason="核对")
    office.do("member.correct_details", "2011-05-01", member=office.person, name=TEXTS["name"])
    gone(office)
    caught_up = office.stored()
    office.ws.rebuild()
    assert office.stored() == caught_up
    office.ws.close()
    assert left(office.root) == []
    for path in office.root.glob("ledger.db*"):
        path.unlink()
    office.ws = Workspace.open(office.root, actor="李静")
    assert office.stored() == caught_up
    assert left(office.root) == []


def test_after_a_rebuild_no_byte_is_left_either(office: Office) -> None:
    """Pages that a rebuild has split keep old bytes, which deleting rows does not reach."""
    office.register(f"李大伟{i}" for i in range(300))
    office.ws.rebuild()
    gone(office)
    assert left(office.root) == []


@pytest.mark.parametrize("step", ["event", "list", "drafts", "keys", "rows"])
def test_killed_at_a_step_the_next_opening_finishes(office: Office, step: str) -> None:
    draft = office.draft("member.register", TEXTS["name"])
    office.ws.close()
    process = subprocess.run(
        [sys.executable, str(WORKER), str(office.root), office.subject, step],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.stdout, process.returncode) == ("ready\n", -signal.SIGKILL), process.stderr
    with Workspace.open(office.root) as ws:
        assert ws.at("2012-01-01").rows("members", id=office.person)[0]["name"] == ERASED
        assert ws.keyring.keys is not None
        assert ws.keyring.keys.raw(office.subject) is None
        assert [e.subject for e in ws.erasures.load()] == [office.subject]
    assert left(office.root) == []
    assert not draft.exists()


def test_an_older_backup_does_not_bring_a_person_back(office: Office, tmp_path: Path) -> None:
    office.ws.close()
    backup = Path(shutil.copytree(office.root, tmp_path / "backup"))
    office.ws = Workspace.open(office.root, actor="李静")
    gone(office)
    office.ws.close()
    # Older keys and an older ledger under the log that knows of the erasure.
    for name in ("keys.db", "ledger.db"):
        shutil.copy(backup / name, office.root / name)
    with Workspace.open(office.root, read_only=True) as ws:
        assert ws.event(office.registered).payload["name"] == ERASED
    with Workspace.open(office.root) as ws:
        assert ws.at("2012-01-01").rows("members", id=office.person)[0]["name"] == ERASED
    assert left(office.root) == []
    # The whole store of before, with the list that is kept with the seals.
    listed = Erasures(office.root).path.read_bytes()
    shutil.rmtree(office.root)
    shutil.copytree(backup, office.root)
    Erasures(office.root).path.write_bytes(listed)
    with Workspace.open(office.root) as ws:
        assert ws.at("2012-01-01").rows("members", id=office.person)[0]["name"] == ERASED
        assert ws.log.head() == office.registered + 3
    assert left(office.root) == []


def test_another_open_workspace_follows(office: Office) -> None:
    with Workspace.open(office.root) as other:
        assert other.event(office.registered).payload["name"] == TEXTS["before"]
        gone(office)
        other.catch_up()
        assert other.event(office.registered).payload["name"] == ERASED
        assert other.at("2012-01-01").rows("members", id=office.person)[0]["name"] == ERASED
        with pytest.raises(Refused, match="已删除"):
            other.correct(office.registered, {"phone": "13800000000"}, reason="错")


def test_one_who_reads_holds_bytes_back_until_the_next_opening(office: Office) -> None:
    with Workspace.open(office.root) as other:
        reader = other.reader().db
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM personal").fetchone()
        assert not erase(office.ws, "member", office.person, WHY)[1]
        reader.execute("COMMIT")
        reader.close()
    office.ws.close()
    Workspace.open(office.root).close()
    assert left(office.root) == []


def test_what_goes_on_after_an_erasure(office: Office) -> None:
    gone(office)
    person = office.person
    for action, fields in (
        ("member.correct_details", {"member": person, "name": "某人"}),
        ("service.log", {"member": person, "minutes": 5, "what": "某事"}),
    ):
        with pytest.raises(Refused, match="已删除"):
            office.do(action, "2012-01-01", **fields)
    with pytest.raises(Refused, match="事由"):
        office.do("member.set_status", "2012-01-01", member=person, status="正常", reason="回来了")
    # Nothing that is said of others is held up: counts stay right.
    merged = office.do(
        "organisation.merge",
        "2012-03-01",
        organisation=office.branch,
        to=office.other,
        reason="支部合并",
    )
    about = {e.tags[2]: e.envelope.reason for e in office.ws.log.read(after=merged.seq[0] - 1)}
    assert about[office.subject] is None
    assert set(about.values()) == {None, "支部合并"}
    row = office.ws.at("2012-03-02").rows("memberships", member=person)[0]
    assert row["organisation"] == office.other
    office.do("member.leave", "2012-04-01", member=person)
    keys = office.ws.keyring.keys
    assert keys is not None
    assert keys.raw(office.subject) is None
    assert left(office.root) == []


def test_an_erasure_is_final(office: Office) -> None:
    receipt, _ = erase(office.ws, "member", office.person, WHY)
    with pytest.raises(Refused, match="不能收回"):
        office.ws.void(receipt.seq[0], reason="后悔")
    with pytest.raises(Refused, match="已经删除"):
        erase(office.ws, "member", office.person, WHY)
    assert len(office.ws.erasures.load()) == 1


def test_what_is_refused_erases_nothing(office: Office) -> None:
    head = office.ws.log.head()
    for reason in ("", "  "):
        with pytest.raises(Usage):
            erase(office.ws, "member", office.person, reason)
    with pytest.raises(Refused, match="姓名"):
        erase(office.ws, "member", office.person, f"{TEXTS['name']}要求")
    for name in ("王小", "没有这个人", "member:m-0000000000"):
        with pytest.raises(NotFound):
            entity_of(office.ws, name)
    assert office.ws.log.head() == head
    assert entity_of(office.ws, TEXTS["name"]) == ("member", office.person)
    assert entity_of(office.ws, office.subject) == ("member", office.person)
    made = plan(office.ws, "member", office.person)
    counted = {label.zh: n for label, n in made.texts}
    assert counted == {"姓名": 2, "电话": 2, "身份号码": 2, "内容": 1, "事由": 2}
    assert made.events == 4


def test_one_who_was_erased_while_an_action_was_decided(office: Office) -> None:
    """The erasure conflicts with what the action has read: it is decided again, and refused."""
    from taizhang.decisions.amendments import plan_correction
    from taizhang.decisions.decision import Attempt, run

    tries = 0
    with Workspace.open(office.root, actor="另一人") as other:

        def planned(attempt: Attempt) -> None:
            nonlocal tries
            tries += 1
            plan_correction(attempt, office.registered, {"phone": "13900000000"}, None, "错")
            if tries == 1:
                erase_elsewhere()

        def erase_elsewhere() -> None:
            code = (
                "import sys\nfrom taizhang.workspace import Workspace\nfrom taizhang.decisions import decision\n"
                "from taizhang.store.paths import SubjectErased\n"
                "ws = Workspace(sys.argv[1])\n"
                "from taizhang_eventstore.envelope import Envelope\n"
                "from eventsourcing.dcb.api import *\n"
                "e = Envelope(id=ws.ambient.event_id(), action=ws.ambient.event_id(), i=1, n=1,\n"
                "  recorded_at=ws.ambient.now(), on=ws.today(), actor='x', plugin='store',\n"
                "  plugin_version='1')\n"
                "s = ws.registry.codec.encode(e, SubjectErased(subject=sys.argv[2]), [sys.argv[2]])\n"
                "ws.log.append([s], DCBAppendCondition(DCBQuery([DCBQueryItem(tags=['never'])])))\n"
                "from taizhang_eventstore.seals.attesting import logged\n"
                "ws.erasures.mend(logged(ws.log))\n"
            )
            subprocess.run(
                [sys.executable, "-c", code, str(office.root), office.subject], check=True
            )

        with pytest.raises(Refused, match="已删除"):
            run(other, planned, commit=True)
    assert tries == 2
    office.ws.close()
    Workspace.open(office.root).close()
    assert left(office.root) == []
