"""Nobody of a race outlives its test: who still stands in a transaction would hold up every test that comes after."""

from __future__ import annotations

import pytest
from race_workers import put_down


@pytest.fixture(autouse=True)
def nobody_left(request):
    yield
    put_down()
