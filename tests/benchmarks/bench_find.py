"""Finding a member while typing, and counting the tree, over 1,000,000 members in 1,000 branches.

Run as a script: ``python tests/benchmarks/bench_find.py [MEMBERS]``. Members are written straight into
the ledger's tables, for recording a million would measure something else; a tenth have moved once, so
that there is history. Prints the processor's milliseconds for what is typed, in the whole store, among
the 100,000 members of ten communities and among the thousand of one branch; then for the tree. There is
no baseline: the aim is that typing feels immediate. A timing never fails anything.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "core" / "kit"))

from ledgerkit.mixed import GIVEN, SURNAMES

from taizhang.ledger import ranking, search
from taizhang.ledger.schema import create_indexes, create_line, physical, quoted, stored_columns
from taizhang.ledger.vault import vault_of
from taizhang.office.overview.tree import tree_of
from taizhang.workspace import Workspace

BRANCHES, MOVED = 1_000, 10
FIRST = 1_000_000
"""Position of the first member's row: beyond the log's own."""
TYPED = ("w", "wx", "wxm", "王", "王伟", "wang", "wangwei", "zzz")
AMONG = (
    "SELECT member AS id FROM memberships WHERE organisation IN (SELECT value FROM json_each(?))"
)
ROUNDS = 5


def build(path: Path, members: int) -> list[list[str]]:
    """A store of so many members; the branches of each of ten parents."""
    with Workspace.init(path, name="县") as ws:
        found: list[list[str]] = []
        for c in range(10):
            top = ws.record(
                "organisation.found", {"name": f"党委{c}", "kind": "党委"}, on="2000-01-01"
            )
            parent = top.ids["organisation"]
            found.append([])
            for n in range(BRANCHES // 10):
                fields = {"name": f"支部{c}-{n}", "kind": "支部", "parent": parent}
                branch = ws.record("organisation.found", fields, on="2000-01-01")
                found[-1].append(str(branch.ids["organisation"]))
        branches = [b for some in found for b in some]
        tables = [ws.registry.tables[name] for name in ("members", "memberships")]

        def row(kind: str, n: int, moved: bool) -> tuple[Any, ...]:
            src = FIRST + n + (members if moved else 0)
            made: dict[str, Any] = {"id": f"m-{n:010}", "name": f"{src}.name", "stage": "正式党员"}
            made |= {"status": "正常", "joined": f"{1950 + n % 60}", "member": f"m-{n:010}"}
            made |= {"organisation": branches[(n + 7 * moved) % BRANCHES], "how": "登记"}
            made |= {"src": src, "seq": src, "since": "2010-01-01" if moved else "2001-01-01"}
            made |= {"rank": 50, "gap": 0}
            return tuple(made.get(c) for c in stored_columns(ws.registry.tables[kind]))

        vault = vault_of(ws.registry)

        def names() -> Iterator[tuple[Any, ...]]:
            dice = random.Random(1)
            for n in range(members):
                name = dice.choice(SURNAMES) + dice.choice(GIVEN)
                name += dice.choice(GIVEN) if dice.random() < 0.8 else ""
                token = f"{FIRST + n}.name"
                yield token, f"member:m-{n:010}", vault.keep(token, name), vault.mark(name)

        db = ws.db
        written = ", ".join(f"'{physical(t)}', '{physical(t)}_history'" for t in tables)
        for (name,) in db.execute(
            f"SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name IN ({written})"
        ).fetchall():
            db.execute(f"DROP INDEX {quoted(name)}")
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        for table in tables:
            marks = ", ".join("?" * len(stored_columns(table)))
            insert = f"INSERT INTO {quoted(physical(table))} VALUES ({marks})"
            db.executemany(insert, (row(table.name, n, False) for n in range(members)))
            if table.name == "memberships":
                movers = range(3, members, MOVED)
                db.executemany(insert, (row(table.name, n, True) for n in movers))
                ends = [(FIRST + n, FIRST + n + members) for n in movers]
                db.executemany(
                    "INSERT INTO _memberships_history SELECT *, ?2 FROM _memberships WHERE src = ?1",
                    ends,
                )
                db.executemany(
                    "UPDATE _memberships SET until = '2010-01-01', seq = ?2 WHERE src = ?1", ends
                )
        db.executemany(
            "INSERT INTO personal (token, subject, text, mark) VALUES (?, ?, ?, ?)",
            names(),
        )
        for table in tables:
            create_line(db, table)
            create_indexes(db, table)
        search.rebuild(db, tables[0], vault)
        ranking.arrange(db, vault)
        db.execute("COMMIT")
        return found


def best(work: Callable[[], Any]) -> float:
    """Milliseconds of the processor, of the best of some rounds."""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken) * 1e3


def main() -> None:
    """Prints a table for finding and one for the tree."""
    members = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        branches = build(store, members)
        with Workspace.open(store, read_only=True) as ws:
            ledger = ws.at("2012-01-01")
            scopes = {"among a tenth": branches[1], "in one branch": branches[1][:1]}
            print("| typed | in the whole store, ms | " + ", ms | ".join(scopes) + ", ms |")
            print("|:--|---:|---:|---:|")
            for text in TYPED:
                cells = [best(lambda t=text: ledger.find(t, "member", 2_000))]  # type: ignore[misc]
                for some in scopes.values():
                    among = AMONG, [json.dumps(some)]
                    cells.append(best(lambda t=text, a=among: ledger.find(t, "member", 2_000, a)))  # type: ignore[misc]
                print(f"| {text} | " + " | ".join(f"{c:.1f}" for c in cells) + " |")
            print("\n| tree with counts | ms |\n|:--|---:|")
            past = ws.at("2005-01-01", FIRST + members + members // 2)
            for name, seen in (("now", ledger), ("a past day as known at a past position", past)):
                print(f"| {name} | {best(lambda s=seen: tree_of(s)):.0f} |")  # type: ignore[misc]


if __name__ == "__main__":
    main()
