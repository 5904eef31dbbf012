"""What the tests of the core share: their kit on the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).with_name("kit")))
