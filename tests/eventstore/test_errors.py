"""Errors that people read: two languages, any value, and what SQLite's errors become."""

from __future__ import annotations

import errno
import os
import pickle
import sqlite3
from pathlib import Path

import pytest

from taizhang_eventstore import errors
from taizhang_eventstore.errors import BilingualError, StoreError, translated, translating

PATH = Path("somewhere") / "events.db"


def test_two_languages() -> None:
    error = BilingualError("没有{what}|There is no {what}", what="支部")
    assert str(error) == error.text() == error.text("zh") == "没有支部"
    assert error.text("en") == "There is no 支部"
    assert error.pair == ("没有支部", "There is no 支部")


def test_values_may_be_anything() -> None:
    error = BilingualError("{a}、{missing}|{a}, {missing}", a="x|{y}")
    assert error.pair == ("x|{y}、{missing}", "x|{y}, {missing}")
    assert BilingualError("一种").pair == ("一种", "一种")


def test_pickles() -> None:
    error = pickle.loads(pickle.dumps(errors.StoreFull("满|full {path}", path="p")))
    assert type(error) is errors.StoreFull
    assert error.text("en") == "full p"


@pytest.mark.parametrize(
    ("number", "kind", "why"),
    [
        (errno.EIO, StoreError, "磁盘或介质出错"),
        (errno.ENOSPC, errors.StoreFull, "磁盘已满"),
        (errno.EROFS, errors.StoreReadOnly, "介质是只读的"),
        (errno.EBUSY, StoreError, os.strerror(errno.EBUSY)),
    ],
)
def test_errors_of_the_system(number: int, kind: type[StoreError], why: str) -> None:
    for named in (None, "elsewhere.db"):
        with pytest.raises(kind) as raised, translating(PATH):
            raise OSError(number, os.strerror(number), named)
        assert why in raised.value.text()
        assert (named or str(PATH)) in raised.value.text()
        assert len(raised.value.text().splitlines()) == 1
    with pytest.raises(BrokenPipeError), translating(PATH):
        raise BrokenPipeError


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SQLITE_FULL", errors.StoreFull),
        ("SQLITE_IOERR_WRITE", StoreError),
        ("SQLITE_IOERR_SHMSIZE", errors.StoreFull),
        ("SQLITE_IOERR_READ", StoreError),
        ("SQLITE_IOERR_SHORT_READ", errors.StoreDamaged),
        ("SQLITE_BUSY", errors.StoreBusy),
        ("SQLITE_BUSY_RECOVERY", errors.StoreBusy),
        ("SQLITE_LOCKED", errors.StoreBusy),
        ("SQLITE_CORRUPT", errors.StoreDamaged),
        ("SQLITE_CORRUPT_INDEX", errors.StoreDamaged),
        ("SQLITE_NOTADB", errors.StoreDamaged),
        ("SQLITE_CONSTRAINT_PRIMARYKEY", errors.StoreDamaged),
        ("SQLITE_READONLY", errors.StoreReadOnly),
        ("SQLITE_READONLY_DIRECTORY", errors.StoreReadOnly),
        ("SQLITE_PERM", errors.StoreReadOnly),
        ("SQLITE_CANTOPEN", errors.StoreNotFound),
        ("SQLITE_NOMEM", StoreError),
    ],
)
def test_sqlite_errors(name: str, kind: type[StoreError]) -> None:
    error = sqlite3.OperationalError("it failed")
    error.sqlite_errorname = name
    error.sqlite_errorcode = getattr(sqlite3, name)
    with pytest.raises(StoreError) as raised, translating(PATH):
        raise error
    assert type(raised.value) is kind
    assert raised.value.__cause__ is error
    assert all(str(PATH) in sentence and "{" not in sentence for sentence in raised.value.pair)


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), translating(PATH):
        raise KeyError("x")


def test_text_that_is_not_utf8() -> None:
    db = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.OperationalError) as raised:
        db.execute("SELECT CAST(x'ff' AS TEXT)").fetchone()
    assert type(translated(raised.value, PATH)) is errors.StoreDamaged
