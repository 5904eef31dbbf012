"""What somebody probably meant: the nearest of the known names to one that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from itertools import takewhile

from taizhang.words.errors import Usage
from taizhang.words.labels import Label, clean, narrow

MOST = 3
"""So many names are told at most."""

ALIKE = 0.6
"""How alike they have to be, of 1; half of a word of few characters is enough (党园, 党员)."""

CLOSE = 0.8
"""What is less alike than so much of the nearest is not told beside it."""

Names = Mapping[str, Label | None] | Iterable[str]
"""Known names, each with the label that people know it by where it has one."""


def nearest(word: str, names: Names) -> list[str]:
    """The known names that are most like ``word`` by themselves or by a label, the nearest first."""
    known = names if isinstance(names, Mapping) else dict.fromkeys(names)
    typed = narrow(word).lower()
    least = ALIKE if len(typed) > 3 else 0.5
    found = []
    for name, label in known.items():
        forms = [name, *([label.zh, label.en] if label is not None else [])]
        alike = max(_alike(typed, form.lower()) for form in forms)
        if typed and alike >= least:
            found.append((-alike, name))
    found.sort()
    return [name for alike, name in found[:MOST] if alike < found[0][0] * CLOSE]


def _alike(typed: str, form: str) -> float:
    """Measures how alike two words are, of 1; those that begin alike are more so."""
    ratio = difflib.SequenceMatcher(None, typed, form).ratio()
    begin = sum(
        1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(typed, form, strict=False))
    )
    return max(ratio, 0.9 * (len(typed) > 1 and typed in form)) + begin / len(form) / 10


def hint(word: str, names: Names) -> Label:
    """The end of a sentence that refuses ``word``: which names are nearest; empty where none is near."""
    found = nearest(word, names)
    if not found:
        return Label("", "")
    labels = names if isinstance(names, Mapping) else {}
    said = [labels.get(name) or Label(name, name) for name in found]
    zh = "、".join(n if n == s.zh else f"{n}（{s.zh}）" for n, s in zip(found, said, strict=True))
    en = ", ".join(n if n == s.en else f"{n} ({s.en})" for n, s in zip(found, said, strict=True))
    return Label(f"；最接近的是 {clean(zh)}", f"; the nearest is {clean(en)}")


def unknown(said: str, word: str, names: Names, **values: object) -> Usage:
    """The refusal of a word that names nothing.

    Args:
        said: the sentence, ``中文|English``, in which ``{name}`` is the word and ``{known}`` all names.
        word: what somebody wrote.
        names: the known names, with their labels.
        values: for what else stands in the sentence.

    Returns:
        The error, its sentence ending with the nearest of the names.
    """
    zh, _, en = said.partition("|")
    near = hint(word, names)
    known = ", ".join(names) or "–"
    given = {**values, "near_zh": near.zh, "near_en": near.en}
    return Usage(f"{zh}{{near_zh}}|{en}{{near_en}}", name=clean(word), known=known, **given)


__all__ = ["hint", "nearest", "unknown"]
