"""Finding people by sound: pinyin and initials of Chinese names.

pypinyin reads some surnames as ordinary words (单, 仇, 区 ...), so surnames have a table of their own,
and every reading of a surname is indexed. The library is imported at first use: it takes 0.2 s.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, product

from taizhang.words.spelling import spelled

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
    "卜": ("bu",),
    "薄": ("bo", "bao"),
    "阚": ("kan",),
    "隗": ("wei", "kui"),
    "牟": ("mu", "mou"),
    "柏": ("bai", "bo"),
    "费": ("fei", "bi"),
    "谌": ("chen", "shen"),
    "贾": ("jia", "gu"),
    "祭": ("zhai", "ji"),
    "炅": ("gui", "jiong"),
    "能": ("nai", "neng"),
    "宿": ("su", "xiu"),
    "盛": ("sheng", "cheng"),
    "郗": ("xi", "chi"),
    "乜": ("nie", "mie"),
    "逄": ("pang",),
    "郇": ("xun", "huan"),
    "颉": ("xie", "jie"),
    "藏": ("zang", "cang"),
    "冯": ("feng",),
    "长": ("zhang", "chang"),
    "长孙": ("zhangsun",),
    "单于": ("chanyu",),
    "尉迟": ("yuchi",),
    "万俟": ("moqi",),
    "澹台": ("tantai",),
}

USUAL: dict[str, tuple[str, ...]] = {
    "长": ("chang", "zhang"),
    "重": ("chong", "zhong"),
    "晟": ("sheng", "cheng"),
    "朝": ("chao", "zhao"),
    "乐": ("le", "yue"),
    "行": ("xing", "hang"),
    "曾": ("zeng", "ceng"),
    "藏": ("cang", "zang"),
    "传": ("chuan", "zhuan"),
    "都": ("du", "dou"),
    "娜": ("na", "nuo"),
    "盛": ("sheng", "cheng"),
    "乘": ("cheng", "sheng"),
    "澄": ("cheng", "deng"),
    "柏": ("bai", "bo"),
    "薄": ("bo", "bao"),
    "颉": ("jie", "xie"),
    "解": ("jie", "xie"),
    "筠": ("yun", "jun"),
    "浚": ("jun", "xun"),
    "隽": ("jun", "juan"),
    "茜": ("qian", "xi"),
    "覃": ("tan", "qin"),
    "奇": ("qi", "ji"),
    "莎": ("sha", "suo"),
    "参": ("can", "shen", "cen"),
    "省": ("sheng", "xing"),
    "尉": ("wei", "yu"),
    "蔚": ("wei", "yu"),
    "校": ("xiao", "jiao"),
    "琢": ("zhuo", "zuo"),
    "炅": ("jiong", "gui"),
    "露": ("lu", "lou"),
    "六": ("liu", "lu"),
    "拓": ("tuo", "ta"),
    "查": ("cha", "zha"),
    "禅": ("chan", "shan"),
    "召": ("zhao", "shao"),
    "宿": ("su", "xiu"),
    "牟": ("mou", "mu"),
    "隗": ("wei", "kui"),
    "朴": ("pu", "piao"),
    "单": ("dan", "shan"),
    "贾": ("jia", "gu"),
    "谷": ("gu", "yu"),
    "圩": ("wei", "xu"),
    "堡": ("bao", "bu", "pu"),
    "埔": ("pu", "bu"),
    "番": ("fan", "pan"),
    "蚌": ("beng", "bang"),
    "歙": ("she", "xi"),
    "枞": ("zong", "cong"),
    "荥": ("xing", "ying"),
    "还": ("huan", "hai"),
    "佛": ("fo", "fu"),
    "车": ("che", "ju"),
    "率": ("shuai", "lv"),
    "俞": ("yu", "shu"),
    "调": ("diao", "tiao"),
    "弹": ("tan", "dan"),
    "绿": ("lv", "lu"),
}
"""Characters that names of people and places have with more than one reading."""

MOST_READINGS = 8
"""So many readings of one name are indexed, the most usual ones."""


@lru_cache(maxsize=30_000)
def _syllable(character: str) -> str:
    from pypinyin import lazy_pinyin

    if not "\u3400" <= character <= "\U0003ffff":
        return character.lower()
    made = lazy_pinyin(character, errors="ignore")
    return made[0] if made else character


def _readings(character: str) -> tuple[str, ...]:
    """The usual readings of a character; one with ü is typed with v and with u, and ü is found as u."""
    found = USUAL.get(character) or (_syllable(character),)
    return tuple(dict.fromkeys(r for one in found for r in _typed(one, character)))


def _typed(reading: str, character: str) -> tuple[str, ...]:
    return (
        (reading, reading.replace("v", "u"))
        if "v" in reading and reading != character
        else (reading,)
    )


def syllables(name: str) -> list[list[str]]:
    """Every usual reading of a name as syllables, the most usual first."""
    for length in (2, 1):
        surname = name[:length]
        if surname in SURNAMES:
            first: tuple[str, ...] = SURNAMES[surname]
            break
    else:
        length, first = 0, ()
    parts = [first] if first else []
    parts += [_readings(c) for c in name[length:]]
    return [list(made) for made in islice(product(*parts), MOST_READINGS)]


@lru_cache(maxsize=4096)
def pinyin(name: str) -> tuple[str, str]:
    """Full pinyin and initials of a name, for sorting: ``wangxiaoming``, ``wxm``."""
    first = syllables(spelled(name))[0]
    return "".join(first), "".join(s[:1] for s in first)


def search_terms(text: str) -> str:
    """Lists the terms by which ``text`` can be found: every ending of it in characters, pinyin and initials.

    Endings, because people remember given names: 小明 and xiaoming find 王小明.
    """
    text = spelled(text)[:60]
    terms: dict[str, None] = {}
    for reading in syllables(text):
        initials = "".join([s[:1] or " " for s in reading])
        for i in range(len(reading)):
            terms["".join(reading[i:])] = None
            terms[initials[i:]] = None
    for i in range(len(text)):
        terms[text[i:]] = None
    return " ".join(t for t in terms if t.strip())
