"""The contract draws lines, too: in histories, in actions, in what is taken back line by line."""

from ledgerkit.gather import programme

from taizhang.testing import contract

test_contract = contract(programme)
