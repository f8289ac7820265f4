"""The forms of a page as a browser would send them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

WHOLE: Final = re.compile(r"<form\b.*?</form>", re.DOTALL)
CHOICES: Final = {"checkbox", "radio", "file"}
TYPED: Final = {"text", "email", "tel", "search", "url"}
"""Kinds of input into which a text is typed as it is."""
CONTROLS: Final = {"select", "input", "textarea", "button"}


class Forms(HTMLParser):
    """The forms of a page that post, each with its address and its fields as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.choices: list[dict[str, list[str]]] = []
        self.names: list[set[str]] = []
        self.typed: list[set[str]] = []
        self.days: list[set[str]] = []
        self.required: list[set[str]] = []
        self.boxes: list[dict[str, list[str]]] = []
        self._open: dict[str, str] | None = None
        self._select = ""
        for form in WHOLE.findall(page):  # what stands outside is not looked at
            self.feed(form)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a form, or put a field of it down."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = {} if given.get("method", "").lower() == "post" else None
            if self._open is not None:
                self.found.append((given.get("action", ""), self._open))
                self.choices.append({})
                self.boxes.append({})
                for known in (self.names, self.typed, self.days, self.required):
                    known.append(set())
        if self._open is None:
            return
        if tag in CONTROLS:
            for known, holds in ((self.names, "name"), (self.days, "data-day"), (self.required, "required")):
                if holds in given:
                    known[-1].add(given.get("name", ""))
        if tag == "textarea" or (tag == "input" and given.get("type", "text") in TYPED):
            self.typed[-1].add(given.get("name", ""))
        if given.get("type") == "checkbox" and "disabled" not in given:
            self.boxes[-1].setdefault(given.get("name", ""), []).append(given.get("value", ""))
        if tag == "select":
            self._select = given.get("name", "")
            self.choices[-1][self._select] = []
        elif tag == "option" and self._select and "disabled" not in given:
            self.choices[-1][self._select].append(given.get("value", ""))
            if "selected" in given or self._select not in self._open:
                self._open[self._select] = given.get("value", "")
        elif given.get("type") == "radio" and "disabled" not in given:
            self.choices[-1].setdefault(given.get("name", ""), []).append(given.get("value", ""))
            if "checked" in given:
                self._open[given.get("name", "")] = given.get("value", "")
        elif tag in {"input", "textarea"} and (given.get("type") not in CHOICES or "checked" in given):
            self._open[given.get("name", "")] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """End a form or a choice."""
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = ""
