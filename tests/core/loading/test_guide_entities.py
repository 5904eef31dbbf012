"""What the guide says of entities of one's own, and of `at_most`, is so."""

import re
from pathlib import Path

import pytest

from taizhang.duties.board import states_of
from taizhang.words.errors import Refused

from .conftest import Within

GUIDE = (Path(__file__).parents[3] / "plugins" / "README.md").read_text("utf-8")


def source(heading: str) -> str:
    """The first block of Python under a heading, as the programme demo1."""
    block = re.search(r"```python\n(.*?)```", GUIDE.partition(heading)[2], re.DOTALL)
    assert block is not None
    return block[1].replace("xianfeng", "demo1")


def test_entities_of_one_s_own(within: Within) -> None:
    within.put(source("### Entities of one's own"))
    assert within.became() == ("loaded", "")
    with within.open() as ws:
        made = ws.record("demo1.booth.open", {"name": "东门"}, on="2012-02-01")
        ws.record("demo1.booth.close", {"booth": "东门"}, on="2012-03-01")
        (row,) = ws.at("2012-02-10").rows("demo1_booths")
        assert (row["name"], row["note"]) == ("东门", None)
        assert ws.at("2012-03-01").rows("demo1_booths") == []
        with pytest.raises(Refused, match="依赖"):
            ws.void(made.seq[0], reason="记错了")
        ws.void(made.seq[0], reason="记错了", cascade=True)
        assert ws.at("2012-02-10").rows("demo1_booths") == []


POSTS = """
import datetime as dt
from taizhang.api import *

programme = Programme("demo1", "试验|Trial", api=1, needs=("members",))


class PostRow(Row):
    member: Member = field("党员|Member")
    post: Text = field("岗位|Post")


posts = programme.spans("posts", "岗位|Posts", PostRow, key=("member", "post"))


@programme.deed("post.take", "上岗|Take a post", event="post_taken")
class Take(Deed):
    member: Member = field("党员|Member")
    post: Text = field("岗位|Post")


@programme.deed("post.leave", "退岗|Leave a post", event="post_left", rank=80)
class Leave(Deed):
    member: Member = field("党员|Member")
    post: Text = field("岗位|Post")


posts.sets(Take)
posts.clears(Leave)
for per in ("year", "standing"):
    programme.duty(
        f"most_{per}", "至多两岗|Two posts at most", who=Selection("memberships", "member"),
        counts=Counting("demo1_posts", "member"), at_most=2, per=per, since=dt.date(2012, 1, 1),
    )
"""


def test_at_most_counts_what_began_or_what_stands_and_never_what_was_voided(within: Within) -> None:
    within.put(POSTS)

    def state(per: str) -> tuple[str, int | None]:
        ledger = ws.at("2012-06-01")
        (id,) = ledger.called("member", "王小明")
        names = [f"demo1.most_{per}"]
        (found,) = states_of(ledger, "member", [id], ("done", "exceeded", "due"), names)[id]
        return found.state, found.value

    with within.open() as ws:
        for day, post in enumerate("甲乙丙", 1):
            said = {"member": "王小明", "post": post}
            taken = ws.record("demo1.post.take", said, on=f"2012-03-0{day}", accept=True)
        assert state("year") == ("exceeded", 3)
        assert state("standing") == ("exceeded", 3)
        left = ws.record("demo1.post.leave", said, on="2012-04-01")
        assert state("year") == ("exceeded", 3)
        assert state("standing")[1] == 2
        ws.void(left.seq[0], reason="记错了")
        ws.void(taken.seq[0], reason="记错了")
        assert state("year")[1] == state("standing")[1] == 2
