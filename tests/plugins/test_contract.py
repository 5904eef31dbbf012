"""Every bundled programme holds the contract that any programme is held to."""

import taizhang_liudai
from taizhang.testing import contract

test_liudai = contract(taizhang_liudai.programme)
