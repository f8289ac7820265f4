"""The code on paper carries the address of the public check and nothing about a person (п. 3.8)."""

from __future__ import annotations

import re

import pytest
import segno

from zachetka.rendering import qr
from zachetka.rendering.forms.record_book import printed
from zachetka.rendering.tests import make

pytestmark = pytest.mark.clause("3.8")


def test_the_printed_address_is_the_one_in_the_code() -> None:
    """H16, the half that needs no camera: the picture is that of the printed address, restoring 15 %."""
    proof = printed(make.make_sheet(), make.AT)["proof"]
    code = segno.make(proof["address"], error="m", boost_error=False, micro=False)
    assert proof["address"].endswith(make.TOKEN)
    assert code.error == "M"
    size = code.symbol_size(border=4)[0]
    assert re.search(rf'width="{size}" height="{size}"', proof["qr"])


def test_the_same_address_is_the_same_picture() -> None:
    assert qr.svg(make.ADDRESS) == qr.svg(make.ADDRESS)
    assert qr.svg(make.ADDRESS) != qr.svg(make.ADDRESS + "X")


@pytest.mark.parametrize(
    "address",
    [
        "https://check.example.org/verify/X?name=Белова",
        "https://check.example.org/verify/X?snils=1",
        "https://check.example.org/verify/X#olga",
        "https://olga@check.example.org/verify/X",
        "https://check.example.org/verify/Белова",
        "javascript:alert(1)",
        "//check.example.org/verify/X",
        "https:///verify/X",
        "https://check.example.org/verify/" + "X" * 200,
        "",
    ],
)
def test_anything_else_is_not_put_in_a_code(address: str) -> None:
    with pytest.raises(ValueError, match="QR"):
        qr.svg(address)
