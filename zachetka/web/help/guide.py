"""The guide for people: `docs/guide/<role>.md` as it stands in the repository, one guide for each role and one for all.

The same files read well on a code hosting: anchors are made as there, links between guides are links to files. Here they
become addresses. Raw HTML is text: nothing but Markdown reaches a page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from zachetka.access.policy import Role
from zachetka.core.russian import plain, typeset
from zachetka.web.help.pictures import PICTURES, size_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

FOLDER: Final[Path] = settings.ROOT / "docs" / "guide"
COMMON: Final = "common"
"""The part that everybody needs; read without a sign-in too, for it says how to sign in."""
NAMES: Final = (COMMON, *(role.value for role in Role))
PHONE_WIDTH: Final = 800
"""Pixels: a picture that is narrower shows a phone."""


@dataclass(frozen=True, slots=True)
class Section:
    """A task: what a person wants to do, and how."""

    title: str
    anchor: str
    body: SafeString
    text: str


@dataclass(frozen=True, slots=True)
class Guide:
    """What one role needs to know.

    Attributes:
        name: name of the role, or `COMMON`.
        title: heading of the file.
        lead: what stands before the first task.
        sections: the tasks, in the order of the file.
        links: where it leads inside the guide: file and anchor.
        pictures: files that it shows.
    """

    name: str
    title: str
    lead: SafeString
    sections: tuple[Section, ...]
    links: tuple[tuple[str, str], ...]
    pictures: tuple[str, ...]

    @property
    def url(self) -> str:
        """Where the guide is read."""
        return address_of(self.name)


def address_of(name: str) -> str:
    """Return the address of a guide."""
    return reverse("help:common") if name == COMMON else reverse("help:guide", args=[name])


def anchor_of(title: str) -> str:
    """Return the anchor of a heading as code hostings make it: small letters, hyphens for spaces, no punctuation."""
    return re.sub(r"[^\w\- ]", "", plain(title).lower()).replace(" ", "-")


@cache
def guides() -> dict[str, Guide]:
    """Return every guide by its name; read once, when first asked for."""
    return {name: read(name, (FOLDER / f"{name}.md").read_text(encoding="utf-8")) for name in NAMES}


def read(name: str, text: str) -> Guide:
    """Return the guide that is written in `text`."""
    parser = _parser()
    tokens = parser.parse(text)
    links, pictures = [], []
    for token in _inner(tokens):
        if token.type == "text":
            token.content = typeset(token.content)
        elif token.type == "link_open":
            file, _, anchor = unquote(str(token.attrs["href"])).partition("#")
            links.append((file.removesuffix(".md") or name, anchor))
        elif token.type == "image":
            pictures.append(str(token.attrs["src"]))
    title, parts = _split(tokens)
    render: Any = parser.renderer.render
    sections = tuple(
        Section(
            title=typeset(heading),
            anchor=anchor_of(heading),
            body=mark_safe(render(body, parser.options, {})),  # noqa: S308 — the parser lets no HTML through
            text=plain(" ".join(_words(body))),
        )
        for heading, body in parts[1:]
    )
    lead = mark_safe(render(parts[0][1], parser.options, {}))  # noqa: S308 — as above
    return Guide(name, title, lead, sections, tuple(links), tuple(pictures))


def _split(tokens: Sequence[Token]) -> tuple[str, list[tuple[str, list[Token]]]]:
    """Return the title of the file and its parts: what stands before the first heading of level two, then each task."""
    title = ""
    parts: list[tuple[str, list[Token]]] = [("", [])]
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.type == "heading_open" and token.tag in {"h1", "h2"}:
            words = " ".join(_words(tokens[place + 1 : place + 2]))
            if token.tag == "h1":
                title = words
            else:
                parts.append((plain(words), []))
            place += 3
            continue
        parts[-1][1].append(token)
        place += 1
    return title, parts


def _inner(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _inner(token.children or ())


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in _inner(tokens):
        if token.type in {"text", "code_inline"}:
            yield token.content


# --- Markdown → page --------------------------------------------------------------------------------------------------


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("link_open", _link)
    parser.add_render_rule("image", _image)
    parser.add_render_rule("code_inline", _key)
    parser.add_render_rule("table_open", lambda *_: '<div class="table-wrap"><table class="table">')
    parser.add_render_rule("table_close", lambda *_: "</table></div>")
    return parser


def _link(self: RendererHTML, tokens: Sequence[Token], place: int, *_rest: Any) -> str:  # noqa: ARG001 — a rule's signature
    file, mark, anchor = unquote(str(tokens[place].attrs["href"])).partition("#")
    where = address_of(file.removesuffix(".md")) if file else ""
    return f'<a href="{escape(where + mark + anchor)}">'


def _image(self: RendererHTML, tokens: Sequence[Token], place: int, *_rest: Any) -> str:  # noqa: ARG001
    token = tokens[place]
    file = str(token.attrs["src"]).removeprefix("pictures/")
    width, height = size_of(PICTURES / file)
    shape = "shot shot-phone" if width < PHONE_WIDTH else "shot"
    return (
        f'<img class="{shape}" src="{escape(static(f"guide/{file}"))}" alt="{escape(token.content)}" '
        f'width="{width}" height="{height}" loading="lazy">'
    )


def _key(self: RendererHTML, tokens: Sequence[Token], place: int, *_rest: Any) -> str:  # noqa: ARG001
    return f"<kbd>{escape(tokens[place].content)}</kbd>"
