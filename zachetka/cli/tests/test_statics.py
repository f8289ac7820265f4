"""Static files are collected when they have to be, and only then."""

from pathlib import Path

import pytest
from pytest_django import Settings

from zachetka.cli import statics


@pytest.mark.clause("2.4")
def test_static_files_are_collected_again_only_when_a_source_changed(settings: Settings, tmp_path: Path) -> None:
    source, collected = tmp_path / "source", tmp_path / "collected"
    source.mkdir()
    (source / "look.css").write_text("body {}")
    settings.STATIC_ROOT = collected
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]

    assert statics.collect()
    assert not statics.collect()
    (source / "look.css").write_text("body { margin: 0 }")
    assert statics.collect()
    assert (collected / "look.css").read_text() == "body { margin: 0 }"
