"""Lists of erasures (删除名单) where a store is kept: joined, held to being readable, and examined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from taizhang.maintenance.checks import OK, PROBLEM, CheckResult, Look
from taizhang.words.errors import TaizhangError
from taizhang_eventstore.files import read
from taizhang_eventstore.personal.erasures import NAME, Erasures, read_line
from taizhang_eventstore.seals.attesting import own_keys, unproved
from taizhang_eventstore.seals.seals import Seals


class BadErasures(TaizhangError):
    """A list of erasures cannot be read, and so would be forgotten."""

    exit_code = 3


def of(store: Path) -> Path:
    """Returns where a store, or a backup, has its list."""
    return store / "seals" / NAME


def joined(files: Iterable[Path]) -> list[bytes]:
    """Every erasure of every list once, in order of recording, its line as it was written; of two lines
    the one with a proof. Raises :class:`BadErasures`.
    """
    found: dict[tuple[str, int, str], bytes] = {}
    for file in files:
        for number, line in enumerate((read(file) or b"").split(b"\n"), 1):
            if not line.strip():
                continue
            said = read_line(line)
            if said is None:
                raise BadErasures(
                    "删除名单 {path} 第 {line} 行读不出来，照旧恢复会让已删除的人再出现：请补全或移走这一行"
                    "|line {line} of the list of erasures {path} cannot be read, and people who were erased would come back by a restore: complete that line or take it out",
                    path=file,
                    line=number,
                )
            key = said.recorded_at, said.position, said.subject
            if key not in found or said.proof:
                found[key] = line.strip() + b"\n"
    return [found[key] for key in sorted(found)]


def check(look: Look) -> Iterator[CheckResult]:
    """Tells if everybody on the list was erased, by the log or by a proof, and whether all of it can be read."""
    label = "删除名单|Erasures"
    keys = own_keys(Seals(look.store))
    origin = keys[0].name if keys else ""
    if lines := Erasures(look.store).unreadable():
        yield CheckResult(
            "erasures", label, PROBLEM,
            f"seals/{NAME} 第 {lines[0]} 行读不出来：打开账册时会补全；补不上的请移走",
            f"line {lines[0]} of seals/{NAME} cannot be read: opening the store completes it; take it out where that does not help",
        )  # fmt: skip
    elif claimed := sorted(unproved(look.listed, look.erased, origin, keys)):
        yield CheckResult(
            "erasures", label, PROBLEM,
            f"{len(claimed):,} 个对象（如 {claimed[0]}）的删除没有证明：资料已遮住，密钥没有动；确要删除的用 taizhang erase，不该在 seals/{NAME} 里的请删去那一行",
            f"nothing proves the erasure of {len(claimed):,} subjects, such as {claimed[0]}: they are masked, their keys are left alone; use taizhang erase if it is meant, or take the line out of seals/{NAME}",
        )  # fmt: skip
    else:
        n = len({e.subject for e in look.listed} | look.erased)
        yield CheckResult(
            "erasures", label, OK,
            f"{n:,} 人已删除，都有根据", f"{n:,} were erased, each by the log or a proof",
        )  # fmt: skip


__all__ = ["BadErasures", "check", "joined", "of"]
