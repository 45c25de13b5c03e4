"""Files that a command writes: whole or not at all, and never over another's content."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from warehouse.reply import InputError


def put_new(path: Path, data: bytes) -> None:
    """By a file beside it and a new name, so that nobody reads half a report; another's file is not replaced.

    Raises InputError where a file of that name has another content, OSError where the folder takes none.
    """
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".report-", delete=False) as part:
        part.write(data)
    try:
        Path(part.name).chmod(0o644)
        os.link(part.name, path)
    except FileExistsError:
        if path.is_dir() or path.read_bytes() != data:
            raise InputError(
                f"{path} is there with another content: name another one, or move it away first."
            ) from None
    finally:
        Path(part.name).unlink()
