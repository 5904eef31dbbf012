"""The check of versions (版本的检查): upcasters over samples of what older versions of the programme stored.

A sample is one JSON object on a line: ``{"type": "liudai.lead_taken@1", "payload": {...}}``, as
``taizhang events --json`` prints them.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eventsourcing.dcb.api import DCBEvent

from taizhang.loading.checking import upcasters
from taizhang.loading.trouble import Examined
from taizhang.testing.ledgers import ledger_of
from taizhang.testing.logs import START, append
from taizhang.testing.purity import watched
from taizhang.testing.subject import Subject, first
from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.log import open_log

ON = dt.date(2012, 6, 30)


def total(subject: Subject) -> None:
    """Every older version has a way to the newest and a sample; each passes, and feeds its tables."""
    first(list(upcasters(Examined(subject.programme, None, subject.before))))
    samples = list(_samples(subject))
    types = {sample["type"] for _, sample in samples}
    for event in subject.programme.events.values():
        for version in range(1, event.version):
            if f"{event.name}@{version}" not in types:
                raise subject.broken(
                    "upcasters",
                    f"{event.name}@{version}",
                    "没有样本；请在 samples 中至少给一条",
                    "has no sample: give one at least in samples",
                )
    for line, sample in samples:
        _passes(subject, line, sample)


def _samples(subject: Subject) -> Iterator[tuple[int, dict[str, Any]]]:
    if subject.samples is None:
        return
    names = {e.name: e.version for e in subject.programme.events.values()}
    for line, text in enumerate(subject.samples.read_text("utf-8").splitlines(), 1):
        if not text.strip():
            continue
        where = f"{subject.samples.name}:{line}"
        found = _sample(text, names)
        if found is None:
            raise subject.broken(
                "upcasters",
                where,
                "不是本项目某一版本事件的样本（type、payload）",
                "is no sample (type, payload) of a version of an event of this programme",
            )
        yield line, found


def _sample(text: str, newest: Mapping[str, int]) -> dict[str, Any] | None:
    """One line, if it is a sample of a version that there has been."""
    try:
        found = json.loads(text)
        name, _, version = str(found["type"]).partition("@")
        sound = isinstance(found["payload"], dict) and 1 <= int(version) <= newest.get(name, 0)
    except (ValueError, TypeError, KeyError):
        return None
    return found if sound else None


def _passes(subject: Subject, line: int, sample: dict[str, Any]) -> None:
    """One sample is stored as it stands, read as the newest version, and projected."""
    registry, id = subject.narrow, subject.programme.id
    envelope = Envelope(
        id=f"{line:026d}", action=f"{line:026d}", i=1, n=1, recorded_at=START, on=ON, actor="测试",
        plugin=id, plugin_version="0",
    )  # fmt: skip
    payload = json.dumps(sample["payload"], ensure_ascii=False).encode()
    stored: DCBEvent = registry.codec.encode_raw(sample["type"], payload, envelope, [f"owner:{id}"])
    with (
        tempfile.TemporaryDirectory() as folder,
        open_log(Path(folder, "events.db"), registry.codec) as log,
    ):
        append(log, [stored])
        with watched(subject.module) as asked:
            recorded = log.get(1)
        trouble = None if recorded is None or recorded.event is not None else recorded.trouble
        if trouble is None:
            with ledger_of(log, registry, Path(folder, "ledger.db")) as projector:
                unit = projector.units.get(registry.unit_of(id))
                trouble = None if unit is None else unit.fault
    if asked and trouble is None:
        trouble = f"升级时问了 {asked[0]}()，换个时候结果就不同|lifting asks {asked[0]}(), which answers otherwise another time"
    if trouble is not None:
        zh, _, en = trouble.partition("|")
        place = f"{sample['type']} (samples:{line})"
        raise subject.broken(
            "upcasters", place, f"升不到最新版：{zh}", f"does not pass to the newest version: {en}"
        )
