"""The laws of the database: a folder `laws` in each room, and in it every function and trigger, in its text of today (п. 3.3).

A law has no history of its own: whoever changes it edits its text, and `zachetka migrate` lays all of them after the last
migration (`laying.py`). So a body stands once in the project, and a change of it is read as a difference.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

OURS: Final = "zachetka."
PACKAGE: Final = Path(__file__).resolve().parents[1]

LAWS: Final[Mapping[str, tuple[str, ...]]] = {
    "access": ("accounts", "emergency", "outside_identity", "roles", "second_factor"),
    "ledger": ("numbers", "salts"),
    "files": ("destroyed",),
    "people": ("matrix", "merges", "names", "people", "postings", "subject", "uploads"),
    "programs": ("editions", "versions"),
    "registers": ("numbers",),
    "learning": (
        "attempts", "awards", "cohorts", "corrections", "enrolments", "equivalences", "excuses", "mark_uploads", "marks",
        "merged_cards", "numbers", "orders", "reopenings", "resits", "sheets", "study_plans", "transfers",
    ),
    "destruction": ("acts",),
}  # fmt: skip
"""Room → its files, in the order in which they are laid. What stands here and is not there refuses a start: a law that is
not found must never read as a law that is written no longer, for that one `migrate` takes away.
"""


def paths() -> Iterator[Path]:
    """Yield each file of laws, rooms in their order, files by name."""
    for room, names in LAWS.items():
        for name in names:
            yield PACKAGE / room / "laws" / f"{name}.sql"


def written() -> Iterator[str]:
    """Yield the text of each file of laws, in the order of `paths`.

    Raises:
        FileNotFoundError: a file is missing; `fault` says so in words before.
    """
    for path in paths():
        yield path.read_text(encoding="utf-8")


def fault() -> str:
    """Return what is wrong with the files of laws of this program, "" when each that is named is there with its text and no other is."""
    named = list(paths())
    lacking = [path for path in named if not path.is_file() or "CREATE " not in path.read_text(encoding="utf-8")]
    if lacking:
        return f"нет законов базы данных: {_listed(lacking)}. Программа установлена не полностью: установите её заново"
    strays = sorted({*PACKAGE.glob("*/laws/*.sql")} - {*named})
    return f"законы базы данных не названы в списке программы: {_listed(strays)}" if strays else ""


def _listed(found: list[Path]) -> str:
    first = ", ".join(path.relative_to(PACKAGE).as_posix() for path in found[:3])
    return f"{first} и ещё {len(found) - 3}" if len(found) > 3 else first
