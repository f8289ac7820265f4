"""Help on destruction: withdrawals taken apart, acts, holds (п. 2.4; 152-ФЗ ст. 21)."""

from typing import Final

_OTHERS: Final = (
    "head#Акт об уничтожении персональных данных",
    "inspector#Запросы о данных и согласия",
    "archivist#Акты об уничтожении персональных данных",
    "learner#Как отозвать согласие",
)
_CASE: Final = ("privacy#Как исполнить отзыв согласия", *_OTHERS)
_ACTS: Final = ("privacy#Акты об уничтожении и запреты", *_OTHERS)

ABOUT: Final[dict[str, tuple[str, ...]]] = {
    "destruction:case": _CASE,
    "destruction:compose": _CASE,
    "destruction:settle": _CASE,
    "destruction:list": _ACTS,
    "destruction:export": _ACTS,
    "destruction:act": _ACTS,
    "destruction:approve": _ACTS,
    "destruction:return": _ACTS,
    "destruction:paper": _ACTS,
    "destruction:hold_new": _ACTS,
    "destruction:hold": _ACTS,
    "destruction:hold_lift": _ACTS,
}
