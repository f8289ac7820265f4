"""The gate: a file that contradicts its claims is not issued; each check is tried on a file spoiled on purpose (п. 2.5)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from zachetka.rendering import gate
from zachetka.rendering.forms.record_book import FORM, printed
from zachetka.rendering.tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from zachetka.rendering.press import Press

pytestmark = pytest.mark.clause("2.5")


@pytest.fixture(scope="module")
def sound(press: Press) -> bytes:
    return press.render(FORM, printed(make.make_rich_sheet(), make.AT), make.AT).content


def test_what_the_press_prints_passes(sound: bytes) -> None:
    gate.admit(sound)


def _opens_with_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def _named_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array()))


def _attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["note.txt"] = b"x"


def _page_action(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].AA = Dictionary(O=Dictionary(S=Name.Launch, F=String("x")))


def _link(pdf: pikepdf.Pdf) -> None:
    action = Dictionary(S=Name.URI, URI=String("https://example.org"))
    pdf.pages[0].Annots = Array([pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, A=action))])


def _turned_link(pdf: pikepdf.Pdf) -> None:
    """The link that the press made leads elsewhere."""
    (link,) = pdf.pages[0].Annots
    link.A.URI = String("https://example.org/login")


def _chained_link(pdf: pikepdf.Pdf) -> None:
    (link,) = pdf.pages[0].Annots
    link.A.Next = Dictionary(S=Name.URI, URI=String("https://example.org/login"))


def _silent_link(pdf: pikepdf.Pdf) -> None:
    (link,) = pdf.pages[0].Annots
    del link["/Contents"]


def _font_taken_out(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, Dictionary) and "/FontFile2" in item:
            del item["/FontFile2"]


def _no_intent(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.OutputIntents


def _no_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Lang


def _english(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Lang = String("en")


def _unmarked(pdf: pikepdf.Pdf) -> None:
    pdf.Root.MarkInfo.Marked = False


def _no_tags(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.StructTreeRoot


def _retag(pdf: pikepdf.Pdf, was: Name, becomes: Name) -> None:
    for item in pdf.objects:
        if isinstance(item, Dictionary) and item.get("/Type") == Name.StructElem and item.get("/S") == was:
            item.S = becomes


def _no_heading(pdf: pikepdf.Pdf) -> None:
    _retag(pdf, Name.H1, Name.P)


def _no_table_head(pdf: pikepdf.Pdf) -> None:
    _retag(pdf, Name.TH, Name.TD)


def _no_description(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, Dictionary) and item.get("/S") == Name.Figure:
            del item["/Alt"]


def _no_claims(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.Metadata


def _other_claim(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["pdfaid:conformance"] = "B"


@pytest.mark.parametrize(
    ("spoil", "flaw"),
    [
        (_opens_with_script, "action /OpenAction"),
        (_named_script, "names /JavaScript"),
        (_attachment, "names /EmbeddedFiles"),
        (_page_action, "action /AA"),
        (_link, "action /A"),
        (_turned_link, "action /A"),
        (_chained_link, "action /A"),
        (_silent_link, "action /A"),
        (_font_taken_out, "is not embedded"),
        (_no_intent, "no output intent"),
        (_no_language, "language «»"),
        (_english, "language «en»"),
        (_unmarked, "not marked as tagged"),
        (_no_tags, "no tags"),
        (_no_heading, "no heading of the first level"),
        (_no_table_head, "a table without headers"),
        (_no_description, "a figure without a description"),
        (_no_claims, "claims PDF/A «»"),
        (_other_claim, "claims PDF/A «2B»"),
    ],
)
def test_each_contradiction_is_named(sound: bytes, spoil: Callable[[pikepdf.Pdf], None], flaw: str) -> None:
    spoiled = io.BytesIO()
    with pikepdf.open(io.BytesIO(sound)) as pdf:
        spoil(pdf)
        pdf.save(spoiled)
    with pytest.raises(gate.NotFitForIssue) as refusal:
        gate.admit(spoiled.getvalue())
    assert flaw in str(refusal.value)


def test_an_encrypted_file_is_not_issued(sound: bytes) -> None:
    spoiled = io.BytesIO()
    with pikepdf.open(io.BytesIO(sound)) as pdf:
        pdf.save(spoiled, encryption=pikepdf.Encryption(owner="x", user=""))
    assert any("encrypted" in flaw for flaw in gate.flaws(spoiled.getvalue()))


def test_a_torn_file_is_not_issued(sound: bytes) -> None:
    assert gate.flaws(sound[:-1]) == ("does not end with a line feed after %%EOF",)
    assert gate.flaws(b"%PDF-1.7\n%%EOF\n")
    middle = len(sound) // 2
    assert gate.flaws(sound[:middle] + sound[middle + 400 :])
