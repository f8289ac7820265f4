"""The laws of the database: a folder `laws` in each room, and in it every function and trigger, in its text of today (п. 3.3).

A law has no history of its own: whoever changes it edits its text, and `zachetka migrate` lays all of them after the last
migration (`laying.py`). So a body stands once in the project, and a change of it is read as a difference.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.apps import apps

OURS: Final = "zachetka."


def written() -> Iterator[str]:
    """Yield the text of each file of laws, rooms in their order, files by name. Django must be set up."""
    for folder in folders():
        for path in sorted(folder.glob("*.sql")):
            yield path.read_text(encoding="utf-8")


def folders() -> Iterator[Path]:
    """Yield the folder of laws of each room that has one."""
    for room in apps.get_app_configs():
        folder = Path(room.path) / "laws"
        if room.name.startswith(OURS) and folder.is_dir():
            yield folder
