"""What is recorded of a person stands sealed in the log, under the right key, and comes back."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from taizhang.api import Event, Member, Organisation, PersonalText, PersonName, Programme, field
from taizhang.declarations.kinds import TextKind
from taizhang.declarations.subjects import subjects_of
from taizhang.ledger.schema import ENCRYPTED
from taizhang.ledger.vault import vault_of
from taizhang.words.errors import Dependents, Refused
from taizhang.workspace import Workspace, card
from taizhang_eventstore.personal.cipher import MISSING, parts
from taizhang_tui.desk.drafts import Drafts

from .conftest import TEXTS, Office, left


def sealed_under(office: Office, seq: int) -> dict[str, str]:
    return {k: parts(v)[0] for k, v in office.ws.event(seq).envelope.sealed.items()}


def test_no_file_of_a_store_holds_a_text_of_a_person(office: Office) -> None:
    """Log, keys, ledger with its write-ahead log and index, drafts, card: while it is open, anew and closed."""
    Drafts(office.ws.paths.drafts, vault=vault_of(office.ws.registry)).save(
        "member.register", TEXTS
    )
    assert any(office.ws.paths.drafts.iterdir())
    assert (office.root / "ledger.db-wal").stat().st_size > 0
    assert left(office.root) == []
    office.ws.rebuild()
    card.leave(office.ws)
    assert left(office.root) == []
    plain = office.root / "plain.txt"
    plain.write_text(f"x{TEXTS['name']}", "utf-8")
    assert left(office.root), "or the search finds nothing that is there"
    plain.unlink()
    # Another tool reads everything else, and that there is something.
    with closing(sqlite3.connect(office.root / "ledger.db")) as db:
        asked = "SELECT name, joined FROM members WHERE id = ?"
        assert set(db.execute(asked, (office.person,))) == {(ENCRYPTED, None)}
    (row,) = office.ws.at("2012-01-01").rows("members", id=office.person)
    assert (row["name"], row["phone"], row["id_number"]) == tuple(
        TEXTS[k] for k in ("name", "phone", "number")
    )
    assert office.ws.event(office.registered).payload["name"] == TEXTS["before"]


def test_whose_the_texts_and_reasons_are(office: Office) -> None:
    assert sealed_under(office, office.registered) == dict.fromkeys(
        ("name", "phone", "id_number"), office.subject
    )
    # An amendment's reason is the family's; a letter's is its member's; a branch's its own.
    assert sealed_under(office, office.registered + 1)["@reason"] == office.subject
    letter = office.do(
        "transfer.issue", "2012-01-01", member=office.person, to=office.other, reason="搬家"
    )
    taken = office.do(
        "transfer.receive",
        "2012-01-10",
        transfer=letter.ids["transfer"],
        reason="已到",
    )
    slip = office.do(
        "transfer.return_slip", "2012-01-12", transfer=letter.ids["transfer"], reason="寄回"
    )
    void = office.ws.void(slip.seq[0], reason="写早了")
    for receipt in (letter, taken, slip, void):
        assert sealed_under(office, receipt.seq[0]) == {"@reason": office.subject}
    renamed = office.do(
        "organisation.rename", "2012-02-01", organisation=office.branch, name="新一", reason="更名"
    )
    assert sealed_under(office, renamed.seq[0]) == {"@reason": f"organisation:{office.branch}"}
    assert office.ws.event(renamed.seq[0]).envelope.reason == "更名"


def test_a_preview_and_a_refusal_make_no_key(office: Office) -> None:
    keys = office.ws.keyring.keys
    assert keys is not None
    before = keys.count(), keys.path.read_bytes()
    fields = {"name": "赵六", "organisation": office.branch}
    office.ws.preview("member.register", fields, on="2010-01-01")
    with pytest.raises(Refused):
        office.ws.record("member.register", {**fields, "joined": "2020"}, on="2010-01-01")
    assert (keys.count(), keys.path.read_bytes()) == before
    office.ws.record("member.register", fields, on="2010-01-01")
    assert keys.count() == before[0] + 1


def test_a_personal_field_needs_somebody_whom_it_is_about() -> None:
    programme = Programme("notes", api=1)

    def declared(**fields: Any) -> type[Event]:
        annotations = {name: kind for name, (kind, _) in fields.items()}
        body = {"__annotations__": annotations, "__module__": __name__}
        return type(Event)("Noted", (Event,), body | {n: f for n, (_, f) in fields.items()})

    text = (PersonalText, field("内容|Text"))
    for wrong in (
        {"text": text},
        {"text": text, "member": (Member | None, field("党员|Member", default=None))},
        {
            "text": (PersonalText, field("内容|Text", about="nobody")),
            "member": (Member, field("党|M")),
        },
    ):
        with pytest.raises(TypeError, match="about="):
            programme.event("noted", "记|Noted")(declared(**wrong))
    both = declared(
        organisation=(Organisation, field("组织|Organisation")),
        member=(Member, field("党员|Member")),
        text=text,
        name=(PersonName, field("姓名|Name", about="organisation")),
    )
    programme.event("told", "说|Told")(both)
    said = both(organisation="o-1", member="m-1", text="甲", name="乙")  # type: ignore[call-arg]
    assert subjects_of(said) == {"text": "member:m-1", "name": "organisation:o-1"}
    assert TextKind(personal=True).personal


def test_equal_numbers_are_found_by_a_keyed_hash(office: Office) -> None:
    fields = {"name": "赵六", "organisation": office.branch, "id_number": TEXTS["number"]}
    with pytest.raises(Dependents) as refusal:
        office.ws.record("member.register", fields, on="2010-01-01", reason="确有两人")
    assert "身份号码" in refusal.value.text()
    office.ws.record(
        "member.register", {**fields, "id_number": "34070219700101124X"}, on="2010-01-01"
    )
    twin = office.make("member.register", **{**fields, "id_number": ""})
    details = {"member": twin, "id_number": TEXTS["number"]}
    with pytest.raises(Dependents):
        office.ws.record("member.correct_details", details, on="2010-01-01")
    # One who has left is the same person still.
    office.do("member.leave", "2011-03-01", member=office.person)
    with pytest.raises(Dependents):
        office.ws.record("member.correct_details", details, on="2011-04-01")
    stored = dict(office.ws.db.execute("SELECT token, hmac FROM personal WHERE hmac IS NOT NULL"))
    assert len(set(stored.values())) == 2
    assert all(len(value) == 64 for value in stored.values())


# Keys lost, old, another's


def reopened(office: Office) -> Workspace:
    office.ws.close()
    return Workspace.open(office.root, actor="李静")


def test_without_keys_names_are_gone_and_all_else_stands(office: Office, tmp_path: Path) -> None:
    members = office.ws.at("2012-01-01").value("SELECT count(*) FROM members")
    before = office.stored()
    office.ws.close()
    shutil.move(office.root / "keys.db", tmp_path / "keys.db")
    with Workspace.open(office.root) as ws:
        assert ws.keys_missing
        ledger = ws.at("2012-01-01")
        assert ledger.value("SELECT count(*) FROM members") == members
        (row,) = ledger.rows("members", id=office.person)
        assert (row["name"], row["phone"], row["status"]) == (MISSING, MISSING, "失去联系")
        assert ledger.find("ouyang") == ledger.find("缺密钥") == []
        with pytest.raises(Refused, match=r"keys\.db"):
            ws.record("member.register", {"name": "赵六", "organisation": office.branch})
        with pytest.raises(Refused, match=r"keys\.db|读不出来"):
            ws.correct(office.registered, {"stage": "预备党员"}, reason="x")
        # What says nothing personal goes on.
        ws.record("member.set_status", {"member": office.person, "status": "正常"}, on="2012-05-01")
    shutil.move(tmp_path / "keys.db", office.root / "keys.db")
    with Workspace.open(office.root) as ws:
        office.ws = ws
        assert not ws.keys_missing
        after = office.stored()
        assert after["personal"] == before["personal"]
        assert ws.at().find("ouyang") != []


def test_older_keys_put_back_make_no_second_key(office: Office, tmp_path: Path) -> None:
    office.ws.close()
    shutil.copy(office.root / "keys.db", tmp_path / "old.db")
    with Workspace.open(office.root) as ws:
        fields = {"name": "司马迁徙", "organisation": office.branch, "phone": "13800000001"}
        late = ws.record("member.register", fields, on="2010-01-01")
        keys = ws.keyring.keys
        assert keys is not None
        (seen,) = ws.db.execute("SELECT value FROM _meta WHERE name = 'keys'").fetchone()
        assert seen == keys.state(), "or the next opening compares every subject for nothing"
    shutil.move(office.root / "keys.db", tmp_path / "right.db")
    shutil.copy(tmp_path / "old.db", office.root / "keys.db")
    member = late.ids["member"]
    for read_only in (True, False):
        # The ledger knows the name still, and must not tell it.
        with Workspace.open(office.root, read_only=read_only) as ws:
            assert ws.at().names("member", [member]) == {member: MISSING}
            assert ws.at().names("member", [office.person]) == {office.person: TEXTS["name"]}
            (warning,) = ws.warnings()
            assert warning.zh.startswith("1 个对象的密钥不在 keys.db 里")
    assert left(office.root, {"late": "司马迁徙"}) == []
    with Workspace.open(office.root) as ws:
        ws.rebuild()
        assert ws.at().names("member", [member]) == {member: MISSING}
        with pytest.raises(Refused, match="较旧"):
            ws.record("member.correct_details", {"member": member, "name": "赵七"}, on="2010-02-01")
        with pytest.raises(Refused, match="读不出来"):
            ws.correct(late.seq[0], {"phone": "13800000002"}, reason="错")
    shutil.copy(tmp_path / "right.db", office.root / "keys.db")
    with Workspace.open(office.root) as ws:
        assert ws.at().names("member", [member]) == {member: "司马迁徙"}
        assert ws.warnings() == []


def test_two_processes_seal_about_one_subject(office: Office) -> None:
    """Both make the key of the branch, which has none yet; what each said is read by both."""
    code = (
        "import sys\nfrom taizhang.workspace import Workspace\n"
        "root, branch, name = sys.argv[1:]\n"
        "with Workspace.open(root, actor=name) as ws:\n"
        "    print('ready', flush=True)\n    sys.stdin.readline()\n"
        "    for k in range(8):\n"
        "        ws.record('organisation.rename', {'organisation': branch, 'name': name + str(k)},\n"
        "                  on=f'2012-01-{2 * k + (name == 'b') + 1:02}', reason=f'更名{name}{k}')\n"
    ).replace("{2 * k + (name == 'b') + 1:02}", "{2 * k + int(name == chr(98)) + 1:02}")
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(office.root), office.other, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ},
        )
        for name in ("a", "b")
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert [p.communicate()[0] is not None and p.returncode for p in processes] == [0, 0]
    office.ws.catch_up()
    reasons = {
        e.envelope.reason
        for e in office.ws.log.read(types=["organisation.renamed"])
        if e.envelope.actor in ("a", "b")
    }
    assert reasons == {f"更名{n}{k}" for n in ("a", "b") for k in range(8)}


def test_a_log_alone_is_read_without_names(office: Office, tmp_path: Path) -> None:
    """What an auditor gets: the log and its seals, no ledger, no keys."""
    copy = tmp_path / "copy"
    copy.mkdir()
    office.ws.close()
    shutil.copy(office.root / "events.db", copy)
    with Workspace.open(copy) as ws:
        assert ws.at("2012-01-01").rows("members", id=office.person)[0]["name"] == MISSING
    db = sqlite3.connect(copy / "events.db")
    data = [
        json.loads(d) for (d,) in db.execute("SELECT data FROM events WHERE type LIKE 'member.r%'")
    ]
    db.close()
    assert all("name" not in d["payload"] and d["sealed"]["name"] for d in data)
