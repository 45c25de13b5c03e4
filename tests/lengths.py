"""Which length of a test runs, and from which seed: the short form always, the long one with `make test-long`."""

import os
import random

LONG = os.environ.get("DOCKBELL_TESTS") == "long"


def seed_of() -> int:
    """A new seed for each run, or the one that DOCKBELL_SEED names to repeat it."""
    return int(os.environ.get("DOCKBELL_SEED") or random.SystemRandom().randrange(2**31))
