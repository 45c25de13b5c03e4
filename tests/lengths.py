"""Which length of a test runs: the short form always, the long one with `make test-long`."""

import os

LONG = os.environ.get("DOCKBELL_TESTS") == "long"
