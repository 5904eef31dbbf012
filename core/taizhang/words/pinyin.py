"""Finding people by sound: pinyin and initials of Chinese names.

pypinyin reads some surnames as ordinary words (单, 仇, 区 ...), so surnames have a table of their own,
and every reading of a surname is indexed. The library is imported at first use: it takes 0.2 s.
"""

from __future__ import annotations

from functools import lru_cache

SURNAMES: dict[str, tuple[str, ...]] = {
    "单": ("shan", "dan"),
    "仇": ("qiu", "chou"),
    "翟": ("zhai", "di"),
    "曾": ("zeng", "ceng"),
    "区": ("ou", "qu"),
    "解": ("xie", "jie"),
    "查": ("zha", "cha"),
    "朴": ("piao", "pu"),
    "盖": ("ge", "gai"),
    "任": ("ren",),
    "华": ("hua",),
    "尉": ("wei", "yu"),
    "乐": ("yue", "le"),
    "缪": ("miao", "mou"),
    "洗": ("xian", "xi"),
    "冼": ("xian",),
    "员": ("yun", "yuan"),
    "宓": ("mi", "fu"),
    "折": ("she", "zhe"),
    "召": ("shao", "zhao"),
    "黑": ("he", "hei"),
    "秘": ("bi", "mi"),
    "繁": ("po", "fan"),
    "种": ("chong", "zhong"),
    "覃": ("qin", "tan"),
    "长孙": ("zhangsun",),
    "尉迟": ("yuchi",),
    "万俟": ("moqi",),
    "澹台": ("tantai",),
}


@lru_cache(maxsize=30_000)
def _syllable(character: str) -> str:
    from pypinyin import lazy_pinyin

    if not "\u3400" <= character <= "\U0003ffff":
        return character.lower()
    made = lazy_pinyin(character, errors="ignore")
    return made[0] if made else character


def syllables(name: str) -> list[list[str]]:
    """Every reading of a name as syllables, the most usual first."""
    for length in (2, 1):
        surname = name[:length]
        if surname in SURNAMES:
            rest = [_syllable(c) for c in name[length:]]
            return [[reading, *rest] for reading in SURNAMES[surname]]
    return [[_syllable(c) for c in name]]


@lru_cache(maxsize=4096)
def pinyin(name: str) -> tuple[str, str]:
    """Full pinyin and initials of a name, for sorting: ``wangxiaoming``, ``wxm``."""
    first = syllables(name)[0]
    return "".join(first), "".join(s[:1] for s in first)


def search_terms(text: str) -> str:
    """Lists the terms by which ``text`` can be found: every ending of it in characters, pinyin and initials.

    Endings, because people remember given names: 小明 and xiaoming find 王小明.
    """
    text = text[:60]
    terms: dict[str, None] = {}
    for reading in syllables(text):
        initials = "".join([s[:1] or " " for s in reading])
        for i in range(len(reading)):
            terms["".join(reading[i:])] = None
            terms[initials[i:]] = None
    lowered = text.lower()
    for i in range(len(lowered)):
        terms[lowered[i:]] = None
    return " ".join(t for t in terms if t.strip())
