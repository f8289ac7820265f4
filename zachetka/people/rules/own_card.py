"""One's own card is edited by another person, by a form or by a list (п. 3.8)."""

from __future__ import annotations

from typing import Final

OWN_CARD: Final = "Это ваша карточка: сведения в ней правит другой человек."
