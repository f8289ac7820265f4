"""Drawings of @tabler/icons, read from the disk once and written into the page: no request, nothing for CSP to forbid."""

from __future__ import annotations

import re
from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from zachetka.web.assets import ICONS

_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class UnknownIcon(LookupError):
    """No such drawing in @tabler/icons: the name is mistyped or `make setup` has not run."""


@cache
def _drawing(name: str) -> SafeString:
    if not _NAME.fullmatch(name):
        raise UnknownIcon(f"«{name}» cannot name an icon.")
    place = ICONS / "outline" / f"{name}.svg"
    try:
        source = place.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise UnknownIcon(
            f"No icon «{name}» among those of @tabler/icons; run `make setup` if there are none."
        ) from error
    found = _BODY.search(source)
    if found is None:
        raise UnknownIcon(f"The drawing of «{name}» is not an SVG.")
    body = re.sub(r"\s*\n\s*", "", found[1])
    return mark_safe(body)  # noqa: S308 — a file of a locked package, not anybody's input


@cache
def icon(name: str, classes: str = "", label: str = "") -> SafeString:
    """Return the `<svg>` of a Tabler icon.

    Args:
        name: the name at tabler.io/icons, outline style: «lock», «shield-check».
        classes: «icon-s» 14 px, «icon-l» 24 px, «icon-xl» 36 px, «icon-spin» turns; default 18 px.
        label: spoken name; without it the drawing is decoration and silent.

    Raises:
        UnknownIcon: there is no such drawing.
    """
    return format_html(
        '<svg class="icon{}"{} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round"'
        ' stroke-linejoin="round">{}</svg>',
        f" {classes}" if classes else "",
        format_html(' role="img" aria-label="{}"', label) if label else mark_safe(' aria-hidden="true"'),
        _drawing(name),
    )
