"""The list of erasures as it is met on disk: written in, forged, cut short, put back with an older store."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from taizhang_eventstore.seals.checkpoint import Checkpoint, InclusionProof, Seal
from taizhang_eventstore.seals.merkle import hashed, leaf_bytes
from taizhang_eventstore.seals.note import Signer

from .conftest import Command, register

NAME, LIST = "欧阳修远", Path("seals", "erasures.jsonl")


@pytest.fixture
def person(office: Command) -> str:
    """One member, as a subject."""
    made = register(office, NAME, "第一支部", "--phone", "13912345678", "--json")
    assert made.code == 0, made.err
    return f"member:{made.json['ids']['member']}"


def keyed(store: Path, subject: str) -> bool:
    with closing(sqlite3.connect(store / "keys.db")) as db:
        return bool(db.execute("SELECT 1 FROM keys WHERE subject = ?", (subject,)).fetchone())


def line(subject: str, position: int = 99, **more: str) -> str:
    said = {"subject": subject, "position": position, "recorded_at": "2012-01-01T00:00:00Z"}
    return json.dumps({**said, **more}) + "\n"


def written(store: Path, text: str) -> None:
    (store / LIST).write_text(text)


def bare(store: Path, subject: str) -> str:
    """A line as earlier versions wrote it."""
    return line(subject)


def forged(store: Path, subject: str) -> str:
    """A line with a proof under a key of the forger's own, which the forger lists with the store's."""
    origin = next(store.glob("seals/*.seal")).read_text().splitlines()[0]
    signer = Signer(origin, b"f" * 32)
    with (store / "seals" / "seal.pub").open("a") as file:
        file.write(signer.verifier.encode() + "\n")
    said = json.dumps({"payload": {"subject": subject}}).encode()
    leaf = leaf_bytes("subject.erased@1", [subject], said)
    seal = Seal.make(Checkpoint(origin, 1, hashed(leaf)), signer)
    return line(subject, proof=InclusionProof(0, (), seal, leaf).encode().decode())


def of_another(store: Path, subject: str) -> str:
    """A line with a proof of this store's own, of an event that erases nobody."""
    from taizhang_eventstore.seals.seals import Seals
    from taizhang_eventstore.verifying.proving import prove_event

    return line(subject, proof=prove_event(Seals(store), 2).encode().decode())


@pytest.mark.parametrize("harm", [bare, forged, of_another], ids=lambda h: h.__name__)
def test_a_line_that_nothing_proves_destroys_no_key(
    office: Command, person: str, tmp_path: Path, harm: Callable[[Path, str], str]
) -> None:
    store = tmp_path / "store"
    assert office("seal").code == 0
    pub = (store / "seals" / "seal.pub").read_bytes()
    assert NAME in office("show", "members").out
    written(store, harm(store, person))
    for words in (
        ("overview",),
        ("show", "members"),
        ("--read-only", "show", "members"),
        ("rebuild",),
    ):
        shown = office(*words)
        assert shown.code == 0, shown.err
        assert person in shown.err
        assert "没有证明" in shown.err
        assert NAME not in shown.out
        assert keyed(store, person)
    refused = office(
        *("record", "member.correct_details", "--member", person.partition(":")[2]),
        *("--phone", "13900000000", "--on", "2012-01-01"),
    )
    assert refused.code == 1
    assert "没有证明" in refused.err
    (store / "seals" / "seal.pub").write_bytes(pub)
    verified = office("verify")
    assert verified.code == 0
    assert person in verified.out
    examined = office("doctor", "--json")
    assert examined.code == 1
    (check,) = (c for c in examined.json["checks"] if c["check"] == "erasures")
    assert check["state"] == "problem"
    assert person in check["zh"]
    # Taken out, and nothing has happened.
    (store / LIST).unlink()
    shown = office("show", "members")
    assert NAME in shown.out
    assert shown.err == ""


def test_who_is_on_the_list_can_be_erased_by_the_office(
    office: Command, person: str, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    written(store, line(person))
    assert office("erase", person, "--reason", "本人要求", "--yes").code == 0
    assert not keyed(store, person)
    assert office("overview").err == ""
    assert "〔已删除〕" in office("show", "members").out


def test_an_older_store_put_back_does_not_bring_a_person_back(
    office: Command, person: str, tmp_path: Path
) -> None:
    """The log that is put back does not know of the erasure; the list proves it."""
    store, kept = tmp_path / "store", tmp_path / "kept.db"
    assert office("backup", tmp_path / "b", "--keys", kept).code == 0
    assert office("erase", person, "--reason", "本人要求", "--yes").code == 0
    listed = (store / LIST).read_bytes()
    assert office("restore", tmp_path / "b", "--over", "--keys", kept).code == 0
    assert not keyed(store, person)
    shown = office("show", "members")
    assert NAME not in shown.out
    assert "〔已删除〕" in shown.out
    assert shown.err == ""
    assert office("verify").code == 0
    # So it is where somebody copies the older files over those of the store.
    shutil.copy(kept, store / "keys.db")
    (store / "ledger.db").unlink()
    assert (store / LIST).read_bytes() == listed
    assert NAME not in office("show", "members").out
    assert not keyed(store, person)
    (check,) = (c for c in office("doctor", "--json").json["checks"] if c["check"] == "erasures")
    assert check["state"] == "ok"


def test_what_earlier_versions_have_listed_is_proved_by_the_log(
    office: Command, person: str, tmp_path: Path
) -> None:
    store, kept = tmp_path / "store", tmp_path / "kept.db"
    assert office("backup", tmp_path / "b", "--keys", kept).code == 0
    assert office("erase", person, "--reason", "本人要求", "--yes").code == 0
    said = json.loads((store / LIST).read_text())
    proof = said.pop("proof")
    written(store, json.dumps(said) + "\n")
    shown = office("--read-only", "show", "members")
    assert (shown.code, shown.err) == (0, "")
    assert "〔已删除〕" in shown.out
    # The next opening completes it, and an older log is told from then on.
    assert office("overview").code == 0
    assert json.loads((store / LIST).read_text())["proof"] == proof
    assert office("restore", tmp_path / "b", "--over", "--keys", kept).code == 0
    assert not keyed(store, person)


def test_a_line_cut_by_a_crash_is_mended_whole(
    office: Command, person: str, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    assert office("erase", person, "--reason", "本人要求", "--yes").code == 0
    whole = (store / LIST).read_bytes()
    for size in (1, 40, len(whole) // 2, len(whole) - 1):
        (store / LIST).write_bytes(whole[:size])
        made = office("backup", tmp_path / f"b{size}")
        assert made.code == 0, made.err
        again = office("restore", tmp_path / f"b{size}", store=tmp_path / f"new{size}")
        assert again.code == 0, again.err
        assert office("overview").code == 0
        assert (store / LIST).read_bytes() == whole


def test_a_backup_that_could_not_be_restored_is_not_called_one(
    office: Command, person: str, tmp_path: Path
) -> None:
    store = tmp_path / "store"
    written(store, line(person)[:30] + "\n")
    made = office("backup", tmp_path / "b")
    assert made.code == 3
    assert "第 1 行" in made.err
    assert not (tmp_path / "b").exists()
    assert "第 1 行" in office("verify").out
    assert office("doctor").code == 1
