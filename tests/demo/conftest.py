"""The demo is tried as people meet it: as a process, on a terminal."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tui"))
