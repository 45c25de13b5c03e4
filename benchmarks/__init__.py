"""What the product costs, measured against what it cannot cost less than: `python -m benchmarks`."""

import sys
from pathlib import Path

# The small floor of the tests is measured on; its module finds its neighbours by their bare names.
sys.path.append(str(Path(__file__).parent.parent / "tests"))
