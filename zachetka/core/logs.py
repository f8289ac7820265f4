"""Log lines: one event, one line, whatever the text brings along (CRLF and terminal codes are escaped).

PostgreSQL adds to an error the row that it refused, with everything in it: «DETAIL: Failing row contains (…)». Those are
personal data, so a log keeps what was refused and where, never what was in it.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from copy import copy
from typing import Any, Final

_DETAIL: Final = "\nDETAIL:"
_MARGIN: Final = r"\n[ |]*"
"""Between the lines of an error: one of a group is told with a margin."""
_OF_STRANGERS: Final = "django.security."
"""Refusals of a request that is wrong itself: a foreign Host, too many fields. Whoever likes sends them, so each is one line and no error of ours."""


class OneLine(logging.Formatter):
    """Time, level, logger, message; a traceback follows on lines of its own."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """Return the text; a traceback that another formatter has left in the record is told anew."""
        own = copy(record)
        if own.exc_info:
            own.exc_text = None
        if own.name.startswith(_OF_STRANGERS):
            own.levelname, own.exc_info, own.stack_info = "WARNING", None, None
        return super().format(own)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        """Return the line with everything unprintable escaped."""
        return "".join(
            sign if sign.isprintable() else sign.encode("unicode_escape").decode()
            for sign in _bare(super().formatMessage(record))
        )

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        """Return the traceback without the rows that the database refused."""
        told = super().formatException(ei)
        for raised in _chain(ei[1], set()):
            whole = re.compile(_MARGIN.join(map(re.escape, str(raised).split("\n"))))
            told = _bare(str(raised)).join(whole.split(told))
        return told


def _bare(text: str) -> str:
    return text.partition(_DETAIL)[0]


def _chain(raised: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    """Yield the exception with its causes and whatever was being handled, those that carry a row."""
    if raised is None or id(raised) in seen:
        return
    seen.add(id(raised))
    if _DETAIL in str(raised):
        yield raised
    for other in (raised.__cause__, raised.__context__, *getattr(raised, "exceptions", ())):
        yield from _chain(other, seen)
