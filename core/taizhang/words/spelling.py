"""One name, however it is spelled (同名异写): what is compared where names are looked up, told apart, searched.

What was written is what is stored and shown. Only the comparison passes over what the eye does: blanks
inside, width, the many middle dots of names, radicals that a PDF gives instead of characters, capitals.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from taizhang.words.labels import clean

# Radicals of CJK Radicals Supplement with the characters they stand for, where NFKC leaves them: those of
# the Unicode data file EquivalentUnifiedIdeograph.txt that are characters of their own.
_RADICALS = (
    "⺀⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩"
    "⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑"
    "⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲"
)
_CHARACTERS = (
    "丶厂乛乚乙亻冂几刀刂卜㔾小小尢尣尢尣巳幺彑彐忄心扌攵旡日月歺民氵氺灬爫爫丬牛犭王"
    "疋目示礻竹糹纟罓罒网网网羊羊羋耂肀聿肉臼艹艹艹虎衤覀西见角角讠贝足车辶辶辶邑钅長"
    "镸长门阜阝雨青韦页风飞食食飠饣首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀"
)

# Two Kangxi radicals for which NFKC gives the traditional form, and simplified print the other one.
_KANGXI = {"⼾": "户", "⾭": "青"}

_DOTS = "•‧∙⋅・᛫⸱⸰⸳●"
"""What stands for the middle dot (间隔号) between the parts of a name, after NFKC where that makes no dot of it."""

_ALIKE = str.maketrans(
    dict(zip(_RADICALS, _CHARACTERS, strict=True)) | _KANGXI | dict.fromkeys(_DOTS, "·")
)


@lru_cache(maxsize=30_000)
def spelled(name: str) -> str:
    """Gives what two spellings of one name have in common: equal for both, and never to be shown."""
    if name.isascii() and name.isalnum():
        return name.lower()
    plain = unicodedata.normalize("NFKC", clean(name).translate(_ALIKE)).translate(_ALIKE)
    joined = "".join(plain.split()).casefold()
    return _dotted(joined) if "." in joined else joined


def _dotted(name: str) -> str:
    """A full stop between two characters is a middle dot (阿不都.热合曼); between letters it stays."""
    marks = [
        "·" if c == "." and 0 < i < len(name) - 1 and min(name[i - 1], name[i + 1]) >= "㐀" else c
        for i, c in enumerate(name)
    ]
    return "".join(marks)


__all__ = ["spelled"]
