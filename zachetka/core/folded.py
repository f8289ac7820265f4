"""Titles as they are searched: `title__folded__contains=search_key(text)` finds «учёт» by «учет» and by «Учёт» (п. 2.4)."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import CharField, TextField, Transform
from django.db.models.sql.compiler import SQLCompiler

from zachetka.core.text import LOOKALIKES

_FROM: Final = "".join(LOOKALIKES)
_TO: Final = "".join(LOOKALIKES.values())


@CharField.register_lookup
@TextField.register_lookup
class Folded(Transform):
    """The form of `core.text.search_key` made by the database: lower case, ё → е, one apostrophe, one hyphen.

    For tables of titles, which are short; people are found by their pieces (`Person.search`).
    """

    lookup_name = "folded"

    def as_sql(self, compiler: SQLCompiler, *_: Any, **__: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the expression that folds what it is put on."""
        text, marks = compiler.compile(self.lhs)
        return f"translate(lower({text}), %s, %s)", (*marks, _FROM, _TO)
