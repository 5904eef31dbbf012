"""The reference for authors is the one that the code gives."""

from pathlib import Path

from taizhang.reference import reference

FILE = Path(__file__).parents[2] / "plugins" / "REFERENCE.md"


def test_it_is_up_to_date() -> None:
    assert FILE.read_text("utf-8") == reference(), "run `make reference`"


def test_it_leaves_no_kind_out() -> None:
    text = FILE.read_text("utf-8")
    for name in ("Count", "PersonName", "Member", "programme.setting", "demonstration(", "hostile"):
        assert name in text
    assert "``" not in text.replace("```", "")
