"""The printed forms: a folder each under `typst/`, described by its `form.toml` (п. 2.5).

`template.typ` draws, `sample.json` is what the tests print. A form's hash covers everything that decides how it looks
except the fonts, so a sheet issued years ago can name the exact template it was printed with.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from zachetka.core.hashing import sha256

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATES: Final = Path(__file__).parent.parent / "typst"
SHARED: Final = "house"
"""Folder of what all forms share; not a form itself."""


@dataclass(frozen=True, slots=True)
class Form:
    """A printed form.

    Attributes:
        slug: name of its folder.
        code: code printed in the footer, «ЗК».
        edition: edition of the template printed in the footer, «2026.1».
        title: name of the form in Russian.
        clause: clause of the regulation that asks for it.
        document_title: title of the PDF with `{fields}` of the sheet; no personal data, it is shown in lists of files.
        codes: names of fields that are printed exactly as they are: addresses, hashes, pictures.
        fields: names of fields in Russian for refusals, by path without indexes («results.title»).
        template_sha256: 64 hexadecimal digits.
    """

    slug: str
    code: str
    edition: str
    title: str
    clause: str
    document_title: str
    template_sha256: str
    codes: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def template(self) -> str:
        """Path of the template inside the template folder."""
        return f"{self.slug}/template.typ"


def load(slug: str, templates: Path = TEMPLATES) -> Form:
    """Read the form in `templates/slug`.

    Raises:
        FileNotFoundError: there is no such form.
        KeyError, tomllib.TOMLDecodeError: its description is wrong.
    """
    folder = templates / slug
    described = tomllib.loads((folder / "form.toml").read_text("utf-8"))
    return Form(
        slug=slug,
        code=described["code"],
        edition=described["edition"],
        title=described["title"],
        clause=described["clause"],
        document_title=described["document_title"],
        codes=frozenset(described.get("codes", ())),
        fields=described.get("fields", {}),
        template_sha256=_hash(templates, folder),
    )


def _hash(templates: Path, folder: Path) -> str:
    """Hash names and contents of the form's own and the shared templates."""
    sources = [*folder.glob("*.typ"), *folder.glob("*.toml"), *(templates / SHARED).glob("*.typ")]
    ordered = sorted(sources, key=lambda path: path.relative_to(templates).as_posix())
    listing = (f"{sha256(path.read_bytes()).hex()}  {path.relative_to(templates).as_posix()}\n" for path in ordered)
    return sha256("".join(listing).encode()).hex()


def load_all(templates: Path = TEMPLATES) -> dict[str, Form]:
    """Read every form of the folder, by slug."""
    slugs = sorted(path.parent.name for path in templates.glob("*/form.toml"))
    return {slug: load(slug, templates) for slug in slugs}


FORMS: Final = load_all()
