"""The static files finder for the npm packages: only what `assets.VENDORS` names, nothing else of node_modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

from zachetka.web.assets import NODE_MODULES, VENDORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class VendorFinder(BaseFinder):
    """Finds `vendor/<name>/<file>` in node_modules."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        self.places = {
            f"vendor/{vendor.name}/{file}": NODE_MODULES / vendor.folder / file
            for vendor in VENDORS
            for file in vendor.files
        }

    def check(self, **_kwargs: Any) -> list[CheckMessage]:
        """Say at start which package is missing, and which command brings it."""
        missing = sorted(name for name, place in self.places.items() if not place.is_file())
        if not missing:
            return []
        return [Error(f"Front-end files are missing: {', '.join(missing)}.", hint="Run `make setup`.", id="web.E001")]

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:  # noqa: FBT001, FBT002 — Django's signature
        """Return the place of `path` on disk, or nothing."""
        place = self.places.get(path.replace("\\", "/"))
        found = [str(place)] if place is not None and place.is_file() else []
        if find_all:
            return found
        return found[0] if found else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:  # noqa: ARG002
        """Yield each file with the storage it lies in."""
        for vendor in VENDORS:
            storage = FileSystemStorage(location=NODE_MODULES / vendor.folder)
            storage.prefix = f"vendor/{vendor.name}"  # type: ignore[attr-defined] # read by collectstatic and WhiteNoise
            for file in vendor.files:
                yield file, storage
