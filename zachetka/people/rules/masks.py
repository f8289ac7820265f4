"""What a page shows of a particular before anybody asks: enough to see that it is known, not to use it (п. 3.8)."""

from __future__ import annotations

HIDDEN = "•••"


def snils(value: str) -> str:
    """Return «•••-•••-••• 00»."""
    return f"•••-•••-••• {value[-2:]}"


def email(value: str) -> str:
    """Return the domain of an address alone."""
    return f"{HIDDEN}@{value.partition('@')[2]}"


def phone(value: str) -> str:
    """Return the last two digits alone."""
    return f"••• •• {value[-2:]}"


def paper(number: str) -> str:
    """Return the last two digits of the number of a document; "" when there is nothing to hide."""
    return f"•••••• •••••{number[-2:]}" if number else ""
