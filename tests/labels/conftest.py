"""The kits that the tests of commands and of front ends share."""

import sys
from pathlib import Path

for folder in ("commands", "tui"):
    sys.path.insert(0, str(Path(__file__).parents[1] / folder))
