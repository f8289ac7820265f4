"""What the rooms hand to the pages that belong to nobody: a task for «Ждёт меня» and a hit of the search.

Rooms stand below `web`, so the shapes stand below the rooms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Task:
    """One act that waits for one person.

    Attributes:
        title: the subject and what is wrong or asked: «Ведомость «Контракт» — нет 15 оценок».
        detail: where and why: «ПП-26-03 · срок был 21 ноября».
        url: where the act is done.
        verb: what the button says: «Проверить допуск».
        term: the legal day by which it must be done; None when there is none.
    """

    title: str
    detail: str
    url: str
    verb: str
    term: date | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing worth knowing that asks for nothing: the right rail of the home page.

    Attributes:
        tone: one of ok, warn, bad, info.
    """

    title: str
    detail: str
    icon: str
    tone: str = "info"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that the search found.

    Attributes:
        kind: what it is, in one word: «слушатель», «группа».
        icon: a name of tabler.io/icons.
    """

    title: str
    detail: str
    url: str
    kind: str
    icon: str
