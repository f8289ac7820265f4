"""Log lines: one event, one line, whatever the text brings along (CRLF and terminal codes are escaped)."""

from __future__ import annotations

import logging


class OneLine(logging.Formatter):
    """Time, level, logger, message; a traceback follows on lines of its own."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name is logging's
        """Return the line with everything unprintable escaped."""
        return "".join(
            sign if sign.isprintable() else sign.encode("unicode_escape").decode()
            for sign in super().formatMessage(record)
        )
