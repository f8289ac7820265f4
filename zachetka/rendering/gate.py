"""The gate: a PDF leaves only when it claims PDF/A-2a and PDF/UA-1 and nothing in it contradicts the claim (п. 2.5).

It reads structure and claims; it is not a validator of the standards. What passes here is *claimed* conformance, and
only a run of an external validator makes it *verified*.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pikepdf
from pikepdf import Array, Dictionary, Name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLAIMED_ARCHIVE: Final = "2A"
CLAIMED_ACCESS: Final = "1"
LANGUAGE: Final = "ru"

_PDF_UA: Final = "{http://www.aiim.org/pdfua/ns/id/}part"
_ACTIONS: Final = ("/OpenAction", "/AA", "/A", "/JS", "/JavaScript")
_ADDRESS: Final = re.compile(r"https?://[^/\s]+/verify/[0-9A-Z]+")
"""All that a paper may open: the page that says whether it is genuine."""
_ACTIVE: Final = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"})
_CONTAINERS: Final = ("/Type0", "/Type3")
"""Fonts without a program of their own: a composite names its descendant, which must be embedded."""
_FONT_PROGRAMS: Final = ("/FontFile", "/FontFile2", "/FontFile3")


class NotFitForIssue(RuntimeError):
    """The file may not be issued; lists every flaw found."""

    def __init__(self, flaws: tuple[str, ...]) -> None:
        super().__init__("; ".join(flaws))
        self.flaws = flaws


class Reading:
    """A file read once: its dictionaries (those of streams too) sorted into tags, fonts and the rest."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        self.tags: list[Dictionary] = []
        self.fonts: list[Dictionary] = []
        self.others: list[Dictionary] = []
        sorted_by = {"/StructElem": self.tags, "/Font": self.fonts}
        for item in pdf.objects:
            if isinstance(item, pikepdf.Stream):
                self.others.append(item.stream_dict)
            elif isinstance(item, Dictionary):
                sorted_by.get(str(item.get("/Type", "")), self.others).append(item)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the gate: what a file must be, and the function that finds where it is not."""

    must: str
    flaws: Callable[[Reading], Iterator[str]]


def _syntax(reading: Reading) -> Iterator[str]:
    yield from reading.pdf.check_pdf_syntax()


def _encryption(reading: Reading) -> Iterator[str]:
    if reading.pdf.is_encrypted:
        yield "encrypted"


def _claims(reading: Reading) -> Iterator[str]:
    with reading.pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        if metadata.pdfa_status != CLAIMED_ARCHIVE:
            yield f"claims PDF/A «{metadata.pdfa_status}»"
        if metadata.get(_PDF_UA) != CLAIMED_ACCESS:
            yield f"claims PDF/UA «{metadata.get(_PDF_UA, '')}»"
        if not metadata.get("dc:title"):
            yield "no title"


def _actions(reading: Reading) -> Iterator[str]:
    for item in reading.others:
        keys = set(item.keys())
        if "/O" not in keys:  # with an owner it is a set of attributes of a tag
            yield from (f"action {key}" for key in _ACTIONS if key in keys and not (key == "/A" and _is_check(item)))
        if "/S" in keys and str(item.S) in _ACTIVE:
            yield f"action {item.S}"
    names = reading.pdf.Root.get("/Names", Dictionary())
    yield from (f"names {key}" for key in ("/JavaScript", "/EmbeddedFiles") if key in names)


def _is_check(item: Dictionary) -> bool:
    """Say whether `item` is a described link to the public check, and no action besides."""
    action = item.get("/A")
    return (
        str(item.get("/Subtype")) == "/Link"
        and bool(item.get("/Contents"))
        and isinstance(action, Dictionary)
        and not set(action.keys()) - {"/Type", "/S", "/URI"}
        and str(action.get("/S")) == "/URI"
        and _ADDRESS.fullmatch(str(action.get("/URI", ""))) is not None
    )


def _fonts(reading: Reading) -> Iterator[str]:
    for item in reading.fonts:
        if str(item.get("/Subtype")) in _CONTAINERS:
            continue
        descriptor = item.get("/FontDescriptor", Dictionary())
        if not any(program in descriptor for program in _FONT_PROGRAMS):
            yield f"font {item.get('/BaseFont')} is not embedded"


def _colour(reading: Reading) -> Iterator[str]:
    intents = reading.pdf.Root.get("/OutputIntents", Array())
    if not any(intent.get("/S") == Name("/GTS_PDFA1") and "/DestOutputProfile" in intent for intent in intents):
        yield "no output intent with a colour profile"


def _language(reading: Reading) -> Iterator[str]:
    language = str(reading.pdf.Root.get("/Lang", ""))
    if not language.startswith(LANGUAGE):
        yield f"language «{language}»"


def _marked(reading: Reading) -> Iterator[str]:
    if not reading.pdf.Root.get("/MarkInfo", Dictionary()).get("/Marked"):
        yield "not marked as tagged"


def _tags(reading: Reading) -> Iterator[str]:
    kinds = [str(item.get("/S")) for item in reading.tags]
    if "/StructTreeRoot" not in reading.pdf.Root or not kinds:
        yield "no tags"
    elif not {"/H1", "/Title"} & set(kinds):
        yield "no heading of the first level"
    elif "/Table" in kinds and "/TH" not in kinds:
        yield "a table without headers"
    for kind, item in zip(kinds, reading.tags, strict=True):
        if kind == "/Figure" and not item.get("/Alt"):
            yield "a figure without a description"


CHECKS: Final = (
    Check("readable", _syntax),
    Check("not encrypted", _encryption),
    Check("claiming PDF/A-2a and PDF/UA-1, with a title", _claims),
    Check("without scripts, attachments and actions but the public check", _actions),
    Check("with all fonts embedded", _fonts),
    Check("with an output intent", _colour),
    Check("in Russian", _language),
    Check("marked", _marked),
    Check("tagged, with headings, table headers and descriptions", _tags),
)


def flaws(content: bytes) -> tuple[str, ...]:
    """Return everything that speaks against issuing the file; nothing means its claims are not contradicted."""
    if not content.endswith(b"%%EOF\n"):
        return ("does not end with a line feed after %%EOF",)
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            reading = Reading(pdf)
            found = [f"must be {check.must}: {flaw}" for check in CHECKS for flaw in check.flaws(reading)]
            return tuple(dict.fromkeys(found))
    except pikepdf.PdfError as error:
        return (f"must be readable: {error}",)


def admit(content: bytes) -> None:
    """Let the file through.

    Raises:
        NotFitForIssue: with every flaw found.
    """
    if found := flaws(content):
        raise NotFitForIssue(found)
