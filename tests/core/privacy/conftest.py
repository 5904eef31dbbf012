"""An office with one person whose name, number and reasons can be looked for in every byte of it."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from taizhang.workspace import Receipt, Request, Workspace

TEXTS = {
    "name": "欧阳修远承志",
    "before": "欧阳修沅承志",
    "phone": "13912345678",
    "number": "34070219700101123X",
    "what": "替邻居欧阳搬煤气罐",
    "reason": "外出打工三个月没有消息",
    "why": "当时写错了字形",
    "pinyin": "ouyangxiuyuanchengzhi",
    "initials": "oyxycz",
}
"""What is said of the person, and what is made of it for finding."""

SURE = 6
"""How many bytes a form must have to be looked for: fewer are met by chance in what is encrypted."""


def forms(text: str) -> Iterator[bytes]:
    """The ways in which a text may stand in a file."""
    plain = text.encode()
    yield plain
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    if not text.isascii():
        yield text.encode("gb18030")
        yield text.encode("ascii", "backslashreplace")
    for shift in range(3):
        # Its base64, wherever in the encoded bytes it begins: the ends mix with their neighbours.
        coded = base64.b64encode(b"\0" * shift + plain)
        yield coded[4 if shift else 0 : len(coded) // 4 * 4 - 4]


def left(root: Path, texts: Mapping[str, str] = TEXTS) -> list[str]:
    """Which texts stand in which files of a store."""
    found = []
    for path in sorted(root.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            for name, text in texts.items():
                if any(form in data for form in forms(text) if len(form) >= SURE):
                    found.append(f"{path.name}: {name}")
    return found


class Office:
    """One store, and the person in it."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws
        self.root = ws.paths.root
        self.branch = self.make("organisation.found", name="第一支部", kind="支部")
        self.other = self.make("organisation.found", name="第二支部", kind="支部")
        self.register(f"王小明{i}" for i in range(20))
        registered = self.do(
            "member.register",
            name=TEXTS["before"],
            organisation=self.branch,
            phone=TEXTS["phone"],
            id_number=TEXTS["number"],
        )
        self.person = str(registered.ids["member"])
        self.registered = registered.seq[0]
        ws.correct(self.registered, {"name": TEXTS["name"]}, reason=TEXTS["why"])
        self.do("service.log", "2011-01-01", member=self.person, minutes=90, what=TEXTS["what"])
        self.do(
            "member.set_status",
            "2011-02-01",
            member=self.person,
            status="失去联系",
            reason=TEXTS["reason"],
        )

    @property
    def subject(self) -> str:
        return f"member:{self.person}"

    def do(self, action: str, on: str = "2010-01-01", **fields: Any) -> Receipt:
        reason = fields.pop("reason", None)
        return self.ws.record(action, fields, on=on, reason=reason)

    def make(self, action: str, on: str = "2010-01-01", **fields: Any) -> str:
        return str(next(iter(self.do(action, on, **fields).ids.values())))

    def register(self, names: Iterable[str]) -> None:
        """Registers members of the first branch, all at once."""
        fields = [{"name": name, "organisation": self.branch} for name in names]
        self.ws.record_batch([Request("member.register", f, "2010-01-01") for f in fields])

    def draft(self, name: str, text: str) -> Path:
        """A half-filled form as the screens leave it."""
        self.ws.paths.drafts.mkdir(exist_ok=True)
        path = self.ws.paths.drafts / f"{name}.json"
        path.write_text(f'{{"form": "{name}", "values": {{"name": "{text}"}}}}', "utf-8")
        return path

    def spans(self) -> dict[str, list[dict[str, Any]]]:
        ledger = self.ws.at()
        return {t: ledger.spans(t) for t in self.ws.registry.tables}

    def stored(self) -> dict[str, list[Any]]:
        """Every row of the ledger's file that is a function of the log, history and texts too."""
        names = [f"_{t}" for t in self.ws.registry.tables]
        names += [f"{n}_history" for n in names] + [
            "personal",
            "_actions",
            "_batches",
            "amendments",
        ]
        rows = {n: sorted(self.ws.db.execute(f'SELECT * FROM "{n}"'), key=repr) for n in names}
        found = "SELECT entity, id, mark, signs FROM _found"
        rows["found"] = sorted(self.ws.db.execute(found))
        return rows


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Workspace.init(tmp_path / "store", actor="李静") as ws:
        yield Office(ws)
