"""One press for the tests of this room, and a folder for forms that misbehave."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from zachetka.rendering.forms import SHARED, TEMPLATES, Form, load
from zachetka.rendering.press import Press

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="package")
def press() -> Iterator[Press]:
    press = Press()
    yield press
    press.close()


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Callable[..., tuple[Press, Form]]]:
    """Return a maker of a form with the given template, and of a press that knows no other."""
    opened: list[Press] = []
    shutil.copytree(TEMPLATES / SHARED, tmp_path / SHARED)

    def make(template: str, **limits: Any) -> tuple[Press, Form]:
        folder = tmp_path / "trial"
        folder.mkdir(exist_ok=True)
        (folder / "template.typ").write_text(template, "utf-8")
        described = 'code="Т"\nedition="1"\ntitle="Проба"\nclause="2.5"\ndocument_title="Проба"\n'
        (folder / "form.toml").write_text(described, "utf-8")
        opened.append(Press(templates=tmp_path, **limits))
        return opened[-1], load("trial", tmp_path)

    yield make
    for press in opened:
        press.close()
