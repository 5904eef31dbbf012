"""Drafts (草稿): half-filled forms on disk, written at every change, so that no stop loses one.

A draft belongs to its form, to what the form was opened for (given), and to whoever sits at the desk: it
comes back where the same person opens the same form for the same subjects. It keeps what somebody
typed and nothing else, so that neither yesterday's default nor what has been corrected since comes back
with it.

One file a draft in the store's ``drafts`` directory, readable by its owner alone and encrypted as the ledger's
texts are: drafts may hold people's data, their names do not. A file is written beside and renamed, so that it is
always whole. Drafts of before they were encrypted are read, and drafts of before they belonged to anybody: these have all answers, and who opened the form they do not say.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from taizhang.ledger.vault import Vault
from taizhang.store.paths import local_day

_ON = "on"

_CORRECTION = re.compile(r"correct-(\d{1,18})(?:-(.+/\d+))?")


class Draft(Struct, frozen=True):
    """The answers that were typed in a form, and when.

    ``given`` are the answers that it was opened with, None in a draft that does not say; ``subjects`` are
    whom it is about (``member:m-…``).
    """

    file: Path
    form: str
    values: dict[str, str]
    saved: dt.datetime
    given: dict[str, str] | None = None
    subjects: tuple[str, ...] = ()
    actor: str | None = None

    def fits(self, given: Mapping[str, str]) -> bool:
        """Tells if it comes back in its form where that is opened with the answers ``given``."""
        if self.given is None:
            return all(self.values.get(name, id) == id for name, id in given.items())
        if not given:
            return not self.given
        answers = {**self.given, **self.values}
        return all(answers.get(name) == id for name, id in given.items())


def correction(seq: int, line: str | None = None) -> str:
    """The form of a correction of an event, or of one line of it."""
    return f"correct-{seq}" if line is None else f"correct-{seq}-{line}"


def correcting(form: str) -> tuple[int, str | None] | None:
    """The event, and the line of it, that a form of a correction is about; None of any other form."""
    found = _CORRECTION.fullmatch(form)
    return None if found is None else (int(found[1]), found[2])


class Drafts:
    """The drafts of one person in one store.

    Args:
        root: Their directory; it need not be there.
        actor: Whose drafts; those of others are not seen.
        vault: Encrypts them; without one they stand in the clear.
    """

    def __init__(self, root: Path, actor: str = "", vault: Vault | None = None) -> None:
        self.root = root
        self.actor = actor
        self.vault = vault or Vault(None)

    def waiting(self) -> list[Draft]:
        """All of one's own, the newest first; a file that cannot be read counts as none."""
        try:
            files = sorted(self.root.glob("*.json"))
        except OSError:
            return []
        read = (_read(file, self.vault) for file in files)
        found = [d for d in read if d is not None and d.actor in (None, self.actor)]
        return sorted(found, key=lambda draft: draft.saved, reverse=True)

    def of(self, form: str) -> list[Draft]:
        """Lists the drafts of one form, the newest first."""
        return [draft for draft in self.waiting() if draft.form == form]

    def load(self, form: str, given: Mapping[str, str] | None = None) -> Draft | None:
        """The newest draft of a form that was opened for the same subjects."""
        return next((draft for draft in self.of(form) if draft.fits(given or {})), None)

    def save(
        self,
        form: str,
        values: Mapping[str, str],
        given: Mapping[str, str] | None = None,
        *,
        subjects: Sequence[str] = (),
        now: dt.datetime | None = None,
        before: Draft | None = None,
    ) -> Draft:
        """Keeps what was typed; raises OSError when it cannot.

        Args:
            form: The form.
            values: The answers that somebody typed.
            given: The answers that it was opened with.
            subjects: Whom it is about, ``member:m-…``.
            now: The time; the computer's if None.
            before: The draft as it was kept last, whose place it takes.

        Returns:
            The draft as it is kept.
        """
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self._free(form) if before is None else before.file
        saved = (now or dt.datetime.now(dt.UTC)).replace(microsecond=0)
        made = Draft(
            file, form, dict(values), saved, dict(given or {}), tuple(subjects), self.actor
        )
        said: dict[str, Any] = {
            "form": form,
            "saved": saved.isoformat(),
            "actor": self.actor,
            "given": made.given,
            "subjects": list(subjects),
            "values": made.values,
        }
        part = file.with_suffix(f".{os.getpid()}.part")
        with open(part, "wb", opener=_private) as out:
            out.write(self.vault.written(file.name, json.dumps(said, ensure_ascii=False, indent=1)))
            out.flush()
        os.replace(part, file)
        return made

    def drop(self, draft: Draft) -> None:
        """Forgets a draft."""
        with contextlib.suppress(OSError):
            draft.file.unlink()

    def _free(self, form: str) -> Path:
        """A file for a draft of a form that no other draft has, nor gets at this moment."""
        stem, number = re.sub(r"[^\w.-]", "_", form), 1
        while True:
            file = self.root / (f"{stem}.json" if number == 1 else f"{stem}.{number}.json")
            try:
                os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except FileExistsError:
                number += 1
            else:
                return file


def _read(file: Path, vault: Vault) -> Draft | None:
    try:
        # Opening a pipe that somebody put there would wait for ever.
        said = json.loads(vault.read(file.name, file.read_bytes())) if file.is_file() else {}
        values = {str(k): str(v) for k, v in said["values"].items()}
        saved = dt.datetime.fromisoformat(said["saved"]).astimezone(dt.UTC)
        if (given := said.get("given")) is None:
            # All answers stand in it: a day that was only the form's own is none.
            values = {n: v for n, v in values.items() if n != _ON or v != f"{local_day(saved)}"}
        else:
            given = {str(k): str(v) for k, v in given.items()}
        subjects = tuple(map(str, said.get("subjects", ())))
        form = str(said.get("form", file.stem))
        return (
            Draft(file, form, values, saved, given, subjects, said.get("actor")) if values else None
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
