"""Reading a printed sheet back: what a person would copy out of the PDF, by its own character maps."""

from __future__ import annotations

import io
import re
from typing import Any

import pikepdf

_CHARS = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")
_RANGES = re.compile(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


def pages(content: bytes) -> list[str]:
    """Return the text of every page without white space and characters that are not seen."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [seen(_page(page)) for page in pdf.pages]


def copied(content: bytes) -> str:
    """Return the text as it comes out by a copy: with every character that is not seen."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return "".join(_page(page) for page in pdf.pages)


def links(content: bytes) -> list[str]:
    """Return the address of every link."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [str(note.A.URI) for page in pdf.pages for note in page.get("/Annots", [])]


def text(content: bytes) -> str:
    return "".join(pages(content))


def seen(value: str) -> str:
    return re.sub(r"[\s\u200b\u2060\u00ad]+", "", value)


def tags(content: bytes) -> list[str]:
    """Return the kind of every tag, in the order of the file."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        found = (item for item in pdf.objects if isinstance(item, pikepdf.Dictionary))
        return [str(item.S) for item in found if item.get("/Type") == pikepdf.Name("/StructElem")]


def _page(page: pikepdf.Page) -> str:
    maps = {name: _unicode(font) for name, font in page.Resources.Font.items()}
    current: dict[int, str] = {}
    replaced = 0  # depth of a span whose text is given by /ActualText
    spans: list[bool] = []
    out: list[str] = []
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        match str(instruction.operator):
            case "Tf":
                current = maps[str(operands[0])]
            case "BDC" | "BMC":
                actual = operands[1].get("/ActualText") if len(operands) > 1 and hasattr(operands[1], "get") else None
                spans.append(actual is not None)
                if actual is not None and not replaced:
                    out.append(str(actual))
                replaced += actual is not None
            case "EMC":
                replaced -= spans.pop()
            case "Tj" | "TJ" if not replaced:
                out += [_decoded(part, current) for part in _strings(operands[0])]
    return "".join(out)


def _strings(operand: Any) -> list[bytes]:
    parts = operand if isinstance(operand, pikepdf.Array) else [operand]
    return [bytes(part) for part in parts if isinstance(part, pikepdf.String)]


def _decoded(codes: bytes, characters: dict[int, str]) -> str:
    return "".join(characters[int.from_bytes(codes[at : at + 2])] for at in range(0, len(codes), 2))


def _unicode(font: Any) -> dict[int, str]:
    source = font.ToUnicode.read_bytes().decode("ascii")
    characters: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", source, re.DOTALL):
        characters |= {int(code, 16): bytes.fromhex(to).decode("utf-16-be") for code, to in _CHARS.findall(block)}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", source, re.DOTALL):
        for first, last, to in _RANGES.findall(block):
            start = int(to, 16)
            span = range(int(first, 16), int(last, 16) + 1)
            characters |= {code: chr(start + code - span.start) for code in span}
    return characters
