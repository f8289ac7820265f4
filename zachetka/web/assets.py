"""Which files of the npm packages a browser gets. A plain table: imports nothing of Django, so settings may read it.

`finders.VendorFinder` serves exactly these under `vendor/…`; add it to STATICFILES_FINDERS. Icons are not served:
the tag `{% icon %}` writes the drawing into the page from `ICONS`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

NODE_MODULES: Final = Path(__file__).resolve().parents[2] / "node_modules"
ICONS: Final = NODE_MODULES / "@tabler" / "icons" / "icons"


class Vendor(NamedTuple):
    """Files of one npm package: served as `vendor/<name>/<file>`."""

    name: str
    folder: str
    files: tuple[str, ...]


VENDORS: Final = (
    Vendor("tabler", "@tabler/core/dist/css", ("tabler.min.css", "tabler.min.css.map")),
    Vendor("htmx", "htmx.org/dist", ("htmx.min.js",)),
    Vendor("echarts", "echarts/dist", ("echarts.esm.min.mjs",)),
    Vendor(
        "golos",
        "@fontsource-variable/golos-text/files",
        (
            "golos-text-cyrillic-wght-normal.woff2",
            "golos-text-cyrillic-ext-wght-normal.woff2",
            "golos-text-latin-wght-normal.woff2",
        ),
    ),
    Vendor(
        "pt-serif",
        "@fontsource/pt-serif/files",
        (
            "pt-serif-cyrillic-400-normal.woff2",
            "pt-serif-cyrillic-700-normal.woff2",
            "pt-serif-latin-400-normal.woff2",
            "pt-serif-latin-700-normal.woff2",
        ),
    ),
)
"""The whole list of what leaves `node_modules` for a browser."""

TEST_ONLY: Final = NODE_MODULES / "axe-core" / "axe.min.js"
"""The accessibility checker: read by tests from the disk, never served."""
