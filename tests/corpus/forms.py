"""The forms of a page as a browser would send them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

CHOICES: Final = {"checkbox", "radio", "file"}


class Forms(HTMLParser):
    """The forms of a page that post, each with its address and its fields as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.choices: list[dict[str, list[str]]] = []
        self._open: dict[str, str] | None = None
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or put a field of it down."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = {} if given.get("method", "").lower() == "post" else None
            if self._open is not None:
                self.found.append((given.get("action", ""), self._open))
                self.choices.append({})
        elif self._open is None:
            return
        elif tag == "select":
            self._select = given.get("name", "")
            self.choices[-1][self._select] = []
        elif tag == "option" and self._select:
            self.choices[-1][self._select].append(given.get("value", ""))
            if "selected" in given or self._select not in self._open:
                self._open[self._select] = given.get("value", "")
        elif tag in {"input", "textarea"} and (given.get("type") not in CHOICES or "checked" in given):
            self._open[given.get("name", "")] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """End a form or a choice."""
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
