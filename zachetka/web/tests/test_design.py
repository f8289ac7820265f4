"""The look as one piece: tokens, drawings, templates without inline code (look.md, security.md 3.4.3)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

from zachetka.web import icons, navigation, refusals
from zachetka.web.assets import VENDORS
from zachetka.web.finders import VendorFinder
from zachetka.web.states import STATES, TONES

STATIC = Path(__file__).resolve().parents[1] / "static" / "zachetka"
TEMPLATES = sorted(
    template
    for app in apps.get_app_configs()
    if app.name.startswith("zachetka.")
    for template in Path(app.path, "templates").rglob("*.html")
)
TEMPLATE_TAG = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}")
INLINE = re.compile(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE)
NAMED_ICON = re.compile(r"""{% icon "([^"]+)" """)


def inline(text: str) -> re.Match[str] | None:
    """Return the code or style that a browser would find in a template; Django's own tags never reach one."""
    return INLINE.search(TEMPLATE_TAG.sub(" ", text))


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block))


@pytest.mark.clause("2.4")
def test_both_ways_into_the_dark_show_the_same_colours() -> None:
    css = (STATIC / "tokens.css").read_text()
    by_system = re.search(r':root:not\(\[data-bs-theme="light"\]\) {(.*?)\n  }', css, re.DOTALL)
    by_choice = re.search(r'\n\[data-bs-theme="dark"\] {(.*?)\n}', css, re.DOTALL)
    assert by_system is not None
    assert by_choice is not None
    assert _tokens(by_system[1]) == _tokens(by_choice[1]) != {}


def test_every_colour_in_the_light_has_one_in_the_dark() -> None:
    css = (STATIC / "tokens.css").read_text()
    light = re.search(r":root {\n  color-scheme: light;(.*?)\n}", css, re.DOTALL)
    dark = re.search(r'\n\[data-bs-theme="dark"\] {(.*?)\n}', css, re.DOTALL)
    assert light is not None
    assert dark is not None
    assert _tokens(light[1]).keys() == _tokens(dark[1]).keys()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_code_or_style_that_the_csp_forbids(template: Path) -> None:
    assert inline(template.read_text()) is None


@pytest.mark.parametrize(
    "text",
    [
        '<p onclick="go()">',
        '<p {% if warned %}onclick="go()"{% endif %}>',
        "<p {% with one=1 %} ONLOAD=go()>",
        '<p {{ tone }}\nstyle="color: red">',
        "<style>p {}</style>",
        "<script>go()</script>",
        '<a href="javascript:go()">',
    ],
)
def test_code_beside_the_tags_of_a_template_is_found(text: str) -> None:
    assert inline(text)


@pytest.mark.parametrize(
    "text",
    [
        '{% include "people/_part.html" with one=name.basis %}',
        '{% static_module \'sheet.js\' as source %}<script type="module" src="{{ source }}"></script>',
    ],
)
def test_what_a_tag_of_a_template_is_told_is_no_code(text: str) -> None:
    assert inline(text) is None


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_icon_a_template_names_is_drawn(template: Path) -> None:
    for name in NAMED_ICON.findall(template.read_text()):
        assert icons.icon(name)


def test_every_icon_of_the_tables_is_drawn() -> None:
    for tone, drawing, _ in STATES.values():
        assert tone in TONES
        assert icons.icon(drawing)
    named = [entry.icon for entry in navigation.ENTRIES] + [words.icon for words in refusals.WORDS.values()]
    for drawing in [*named, *(row[1] for row in navigation.THEMES), *(row[1] for row in navigation.PERSONAL)]:
        assert icons.icon(drawing)


@pytest.mark.parametrize("name", ["no-such-icon", "../../package", "A", ""])
def test_an_unknown_icon_is_told_by_its_name(name: str) -> None:
    with pytest.raises(icons.UnknownIcon):
        icons.icon(name)


def test_only_named_files_of_the_packages_are_served() -> None:
    finder = VendorFinder()
    assert finder.check() == []
    assert finder.find("vendor/htmx/htmx.min.js")
    assert finder.find("vendor/htmx/../package.json") is None
    assert len(list(finder.list(None))) == sum(len(vendor.files) for vendor in VENDORS)
