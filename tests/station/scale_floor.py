"""A terminal's scale on a scripted one, patient as tests are not."""

from __future__ import annotations

from contextlib import contextmanager

from devices.scale import ScaleSetup
from devices.scale.scale import Scale
from devices.scale.simulator import ScriptedScale


@contextmanager
def on_scale(scripted: ScriptedScale):
    scale = Scale(ScaleSetup(scripted.url, "sics", timeout_s=1.0))
    scale.start()
    try:
        yield scale
    finally:
        scale.stop()
