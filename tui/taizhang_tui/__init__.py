"""The terminal of taizhang (台账): Textual screens over the core, Chinese first.

The line below has to run before Textual is imported anywhere: with the kitty key protocol on, an
input method that commits five or more Chinese characters at once arrives as garbage.
"""

import os

os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")
