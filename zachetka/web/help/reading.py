"""Which guides are for whom, and the search over their tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from zachetka.access.policy import Role
from zachetka.core.russian import plain
from zachetka.web.help.guide import COMMON, Guide, Section, guides

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST: Final = 200
FOUND: Final = 20
AROUND: Final = 90
"""Letters shown on both sides of the word that was looked for."""
STEM: Final = 4
"""Letters of a word that its endings leave alone: «оценку» finds «оценка»."""


class Hit(NamedTuple):
    """A task that was found, and the words around what was asked for."""

    guide: Guide
    section: Section
    around: str


def own(roles: Iterable[Role]) -> list[Guide]:
    """Return the guides of the roles held, in the order of the matrix, then the common one."""
    held = set(roles)
    return [*(guides()[role.value] for role in Role if role in held), guides()[COMMON]]


def others(roles: Iterable[Role]) -> list[Guide]:
    """Return the guides of the roles that are not held."""
    held = set(roles)
    return [guides()[role.value] for role in Role if role not in held]


def find(text: str, roles: Iterable[Role]) -> list[Hit]:
    """Return the tasks in which every word of `text` stands: those of one's own guides first, then by title."""
    words = [_stem(word) for word in _even(text[:LONGEST]).split()]
    if not words:
        return []
    mine, rest = own(roles), others(roles)
    found = []
    for far, guide in ((far, guide) for far, group in enumerate((mine, rest)) for guide in group):
        for section in guide.sections:
            title, body = _even(section.title), _even(section.text)
            if all(word in title or word in body for word in words):
                missed = sum(word not in title for word in words)
                found.append(((far, missed), Hit(guide, section, _around(section.text, body, words))))
    found.sort(key=lambda one: one[0])
    return [hit for _, hit in found[:FOUND]]


def _even(text: str) -> str:
    return plain(text).casefold().replace("ё", "е")


def _stem(word: str) -> str:
    word = word.strip("«».,;:!?()")
    return word if len(word) <= STEM else word[: max(STEM, len(word) - 2)]


def _around(text: str, even: str, words: list[str]) -> str:
    place = min((even.find(word) for word in words if word in even), default=0)
    begin, end = max(0, place - AROUND), min(len(text), place + AROUND)
    begin = text.find(" ", begin) + 1 if begin else 0
    end = text.rfind(" ", 0, end) if end < len(text) else end
    return f"{'… ' if begin else ''}{text[begin:end]}{' …' if end < len(text) else ''}"
