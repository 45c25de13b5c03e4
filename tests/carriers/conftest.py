"""The floor with goods at the dock is that of put-away."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "put_away"))
