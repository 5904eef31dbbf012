"""The demonstration (示例数据): a community like 天井湖 (domain D1) over eight and a half years.

Its published numbers hold on its own today, 2012-12-31; everything else is made up from a seed and
every name is fictional. It is recorded through the same actions that staff use, in the order and at the
times at which an office would have done it: some of it late, some of it wrong and put right later.
The 142 in-service members are counted outside the 971: the formal relation decides, and D1 is silent.
"""

from taizhang.office.demonstration.build import build
from taizhang.office.demonstration.plan import TODAY

__all__ = ["TODAY", "build"]
