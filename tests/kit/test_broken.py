"""Programmes that are broken on purpose: each is caught by the check that names its defect, and by no other."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest

from taizhang.declarations.programme import Programme
from taizhang.testing.subject import Broken, Subject
from taizhang.testing.suite import CHECKS, Verdicts

pytestmark = pytest.mark.hostile

HERE = Path(__file__).parent / "broken"

WHERE = {
    "heading": "接口版本 2",
    "forbidden": "forbidden.card_filled.ethnic_group",
    "labels": "labels.post_taken.post：“民事调解岗”没有英文",
    "hooks": "store",
    "upcasters": "upcasters.note_taken@1 (samples:2)",
    "names": "names_trees：编号前缀 m 已属于 member",
    "reads": "检查 reads.joined 读了 members",
    "deterministic": "deterministic_visits：",
    "rebuild": "rebuild_trees：",
    "order": "order_guests：",
    "amendments": "amendments_talks：",
    "actions": "actions.shift.work",
    "hostile": "hostile_notes.text：存有控制字符 U+001B",
}
"""What the sentence has to name."""


def broken(name: str) -> Programme:
    """The programme of ``broken/NAME.py``."""
    module = f"taizhang_{name}"
    if module not in sys.modules:
        spec = importlib.util.spec_from_file_location(module, HERE / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        made = importlib.util.module_from_spec(spec)
        sys.modules[module] = made
        spec.loader.exec_module(made)
    programme = sys.modules[module].__dict__["programme"]
    assert isinstance(programme, Programme)
    return programme


@pytest.mark.parametrize("name", CHECKS)
def test_the_check_that_names_it_catches_it_and_no_other(name: str) -> None:
    samples = HERE / f"{name}.jsonl"
    verdicts = Verdicts(Subject(broken(name), samples if samples.exists() else None, fixed=True))
    found = {check: verdicts.of(check) for check in CHECKS}
    told = {check: b.trouble.label.zh for check, b in found.items() if isinstance(b, Broken)}
    assert list(told) == [name], told
    sentence = told[name]
    assert re.match(rf"\[{name}\] {name}[ ：]", sentence)
    assert WHERE[name] in sentence
    assert "\n" not in sentence
    waiting = {check for check, said in found.items() if isinstance(said, str)}
    assert waiting == {check for check in CHECKS if name in _rests_on(check)}


def _rests_on(check: str) -> set[str]:
    after = CHECKS[check].after
    return set(after).union(*map(_rests_on, after))


LATE = """
import datetime as dt
from taizhang.api import Counting, Programme, Selection

programme = Programme("late", "迟|Late", api=1, needs=("members",))


class Late(Counting):
    @property
    def needs_fact(self):
        raise ZeroDivisionError("of its author")


programme.duty(
    "late", "迟|Late", who=Selection("attachments", "member"),
    counts=Late("attachments", "member"), at_least=1, per="quarter", since=dt.date(2012, 1, 1),
)
"""


def test_a_duty_that_fails_when_it_is_asked_for_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "late.py").write_text(LATE, "utf-8")
    monkeypatch.setitem(globals(), "HERE", tmp_path)
    try:
        found = Verdicts(Subject(broken("late"), None, fixed=True)).of("hostile")
    finally:
        sys.modules.pop("taizhang_late", None)
    assert isinstance(found, Broken)
    assert found.trouble.label.zh == (
        "[hostile] late due：职责 late.late时出错：ZeroDivisionError: of its author"
    )


GONE = """
from taizhang.api import Programme

programme = Programme("gone", "无|Gone", api=1)
programme.screen("wall", "墙|Wall", "taizhang_gone.nowhere:wall")
programme.screen("here", "此处|Here", "taizhang_gone:here")


def here(ledger, language):
    return None
"""


def test_a_screen_that_is_not_there_is_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone.py").write_text(GONE, "utf-8")
    monkeypatch.setitem(globals(), "HERE", tmp_path)
    try:
        found = Verdicts(Subject(broken("gone"), None, fixed=True)).of("hooks")
    finally:
        sys.modules.pop("taizhang_gone", None)
    assert isinstance(found, Broken)
    assert found.trouble.label.zh == "[hooks] gone wall：找不到 taizhang_gone.nowhere:wall"


def test_there_is_one_for_every_check() -> None:
    assert {file.stem for file in HERE.glob("*.py")} == set(CHECKS) == set(WHERE)
