"""python -m tui: the same as the command dockbell."""

import sys

from tui.cli import main

sys.exit(main())
