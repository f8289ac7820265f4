"""Pieces of a page inside the cells of a list: a badge, a bar, two lines — drawn by the tags of the interface.

Rooms stand below `web`, where the tags live; a piece reaches them through the template engine, as a page does.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.template import engines
from django.utils.html import format_html
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from django.template.backends.django import Template


@cache
def _compiled(source: str) -> Template:
    return engines["django"].from_string(source)  # type: ignore[return-value] # the one engine of the settings


def piece(source: str, **context: Any) -> SafeString:
    """Return `source`, a line of template language written in the code, drawn with `context`."""
    return SafeString(_compiled(source).render(context))


def badge(tone: str, icon: str, text: str) -> SafeString:
    """Return a badge: tone of `web.states.TONES`, a name of tabler.io/icons, a word."""
    return piece("{% badge tone icon text %}", tone=tone, icon=icon, text=text)


def bar_cell(part: int, whole: int, label: str) -> SafeString:
    """Return a bar with its percentage beside it; «—» when there is nothing to measure."""
    if not whole:
        return SafeString("—")
    share = round(100 * part / whole)
    return piece(
        '<span class="bar-cell">{% bar part whole label %} {{ share }}&nbsp;%</span>',
        part=part, whole=whole, label=label, share=share,
    )  # fmt: skip


def code(text: str) -> SafeString:
    """Return a number or a code that never breaks (look.md, «Typography»)."""
    return format_html('<span class="code">{}</span>', text)


def two_lines(first: str, second: str) -> SafeString:
    """Return a line and its caption under it."""
    return format_html('{}<span class="sub">{}</span>', first, second)
