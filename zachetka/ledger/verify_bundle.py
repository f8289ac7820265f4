#!/usr/bin/env python3
"""Проверка файла доказательств «Зачётки» без «Зачётки»: один файл, Python 3.11 и пакет cryptography.

    verify_bundle.py ФАЙЛ [--key ОТПЕЧАТОК_ИЛИ_ФАЙЛ_КЛЮЧА] [--quiet]

Код возврата 0: всё сошлось; 1: не сошлось или прочитать нельзя, с объяснением что именно.

What is checked, from the value on paper up to the signature (docs/ledger.md):
value = opened field → digests of all fields = commitment of the event → leaf → root → signature → chain of keys.
Imports nothing of the project, on purpose: it must stay readable and runnable when the project is gone.
"""

import argparse
import base64
import hashlib
import io
import json
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

FORMAT: Final = "zachetka-bundle/2"
SIZE_LIMIT: Final = 50_000_000
GREATEST_INTEGER: Final = 2**53 - 1

PARTS: Final = {"format", "checkpoint", "keys", "document", "statement", "records"}
CHECKPOINT_PARTS: Final = {"origin", "tree_size", "root", "at", "signature"}
KEY_PARTS: Final = {"public_key", "valid_from", "endorsement"}
STATEMENT_PARTS: Final = {"entry", "salt", "index", "path"}
RECORD_PARTS: Final = {"entry", "index", "path", "opened", "closed"}
FIELD_PARTS: Final = {"salt", "value"}
ENTRY_PARTS: Final = {
    "about", "actor", "at", "body", "clause", "commitment", "id", "object_id", "object_type", "type", "version",
}  # fmt: skip
NOT_THE_ROW: Final = re.compile(r".*\.(exported|read|revealed|signed_in|sign_in_refused|signed_out|checked)", re.DOTALL)
LINE_PARTS: Final = {"label", "record", "field", "value"}

MOSCOW: Final = timezone(timedelta(hours=3))
DIGEST: Final = re.compile("[0-9a-f]{64}")
SIGNATURE: Final = re.compile("[0-9a-f]{128}")
MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class NotProven(Exception):
    """Something does not agree; the text says what, in Russian."""


def refuse(sentence: str) -> NoReturn:
    raise NotProven(sentence)


# --- bytes ------------------------------------------------------------------------------------------------------


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(value: object) -> bytes:
    """RFC 8785 without fractions: the one way to write a value."""
    return json.dumps(ordered(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def ordered(value: object) -> object:
    if isinstance(value, dict):
        return {text(key): ordered(value[key]) for key in sorted(value, key=lambda key: key.encode("utf-16-be"))}
    if isinstance(value, list):
        return [ordered(item) for item in value]
    if isinstance(value, str):
        return text(value)
    if value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) <= GREATEST_INTEGER):
        return value
    refuse("В файле число, которого там быть не может.")


def text(value: str) -> str:
    if "\0" in value or unicodedata.normalize("NFC", value) != value:
        refuse("В файле строка, записанная не так, как её пишет система.")
    return value


def read(path: Path) -> dict[str, Any]:
    """Read a bundle; a file that differs from the canonical form in a single space is refused."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            refuse("Файл слишком велик для файла доказательств.")
        raw = path.read_bytes()
    except OSError as trouble:
        refuse(f"Файл не читается: {trouble.strerror}.")
    try:
        bundle = json.loads(raw.decode("utf-8"))
        same = canonical(bundle) == raw
    except (ValueError, RecursionError):
        refuse("Это не файл доказательств: он не читается как JSON.")
    if not same:
        refuse("Файл изменён: он записан не так, как его пишет система.")
    return parts(bundle, PARTS, "файл")


def parts(value: object, names: set[str], what: str) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != names:
        refuse(f"Это не файл доказательств: «{what}» устроен иначе.")
    return value


def digest(value: object, form: re.Pattern[str] = DIGEST) -> bytes:
    if not isinstance(value, str) or not form.fullmatch(value):
        refuse("Хеш, соль, ключ или подпись записаны неверно.")
    return bytes.fromhex(value)


def moment(value: object) -> str:
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        refuse("Момент времени записан неверно.")
    return value


def whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        refuse("Номер или размер записан неверно.")
    return value


# --- the tree and the signature ------------------------------------------------------------------------------------


def root_above(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """RFC 9162, 2.1.3.2: the root that follows from the leaf and its path, or None when the path does not fit."""
    if not 0 <= index < size:
        return None
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = sha256(b"\x01", sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = sha256(b"\x01", found, sibling)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def signed(public: bytes, signature: bytes, *lines: str) -> bool:
    """True when `signature` is that of the lines, each ended by a line feed."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, "".join(f"{line}\n" for line in lines).encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def base64_of(value: bytes) -> str:
    return base64.b64encode(value).decode()


@dataclass(frozen=True)
class Tree:
    """A checkpoint whose signature holds, and the fingerprints of the keys from the first to the one that signed."""

    size: int
    root: bytes
    at: str
    fingerprints: list[str]


def check_signature(bundle: dict[str, Any]) -> Tree:
    """Follow the chain of keys to the one that signed the checkpoint, and check its signature."""
    point = parts(bundle["checkpoint"], CHECKPOINT_PARTS, "контрольная точка")
    if not isinstance(bundle["keys"], list) or not bundle["keys"]:
        refuse("В файле нет ключа подписи.")
    chain = [parts(key, KEY_PARTS, "ключ") for key in bundle["keys"]]
    publics = [digest(key["public_key"]) for key in chain]
    fingerprints = [sha256(public).hex() for public in publics]
    origin = point["origin"]
    if origin != f"zachetka/{fingerprints[0][:32]}":
        refuse("Имя журнала не соответствует его первому ключу.")
    if chain[0]["endorsement"] is not None or chain[0]["valid_from"] is not None:
        refuse("Первый ключ журнала никем не заверен и не датирован: он известен по отпечатку.")
    for previous, public, key in zip(publics, publics[1:], chain[1:], strict=False):
        endorsed = ("zachetka next key", origin, base64_of(public), f"from {moment(key['valid_from'])}")
        if not signed(previous, digest(key["endorsement"], SIGNATURE), *endorsed):
            refuse("Ключ подписи не заверен предыдущим ключом.")
    size, root, at = whole(point["tree_size"]), digest(point["root"]), moment(point["at"])
    if not signed(publics[-1], digest(point["signature"], SIGNATURE), origin, str(size), base64_of(root), f"at {at}"):
        refuse("Подпись контрольной точки неверна.")
    return Tree(size, root, at, fingerprints)


def check_place(exhibit: dict[str, Any], commitment: bytes, tree: Tree, what: str) -> dict[str, Any]:
    """Check commitment → leaf → root; return the entry."""
    entry = parts(exhibit["entry"], ENTRY_PARTS, "событие")
    if commitment.hex() != entry["commitment"]:
        refuse(f"{what}: показано не то, что записано в журнале событий.")
    if not isinstance(exhibit["path"], list):
        refuse(f"{what}: нет доказательства.")
    leaf = sha256(b"\x00", canonical(entry))
    path = [digest(each) for each in exhibit["path"]]
    if root_above(leaf, whole(exhibit["index"]), tree.size, path) != tree.root:
        refuse(f"{what}: события нет в подписанном журнале.")
    return entry


def commitment_of_document(document: object, salt: object) -> bytes:
    """A document is committed to as a whole."""
    return sha256(canonical({"fields": document, "salt": digest(salt).hex()}))


def commitment_of_record(record: dict[str, Any], what: str) -> bytes:
    """A record is committed to field by field: digests of all, of which some are shown opened."""
    opened, closed = record["opened"], record["closed"]
    if not isinstance(opened, dict) or not isinstance(closed, dict) or opened.keys() & closed.keys():
        refuse(f"{what}: поля записаны неверно.")
    digests = {name: digest(each).hex() for name, each in closed.items()}
    for name, each in opened.items():
        field = parts(each, FIELD_PARTS, "поле")
        digests[name] = sha256(digest(field["salt"]), canonical(field["value"])).hex()
    return sha256(canonical({"fields": digests}))


# --- the document -------------------------------------------------------------------------------------------------


@dataclass
class Proven:
    """What a stranger may rely on."""

    title: str
    academy: str
    holder: list[tuple[str, str]]
    lines: list[tuple[str, str]]
    handed_out: str
    records: int
    tree: Tree


def check(bundle: dict[str, Any]) -> Proven:
    """Check the whole bundle.

    Raises:
        NotProven: at the first thing that does not agree.
    """
    if bundle["format"] != FORMAT:
        refuse("Файл другого вида: для него нужна другая программа проверки.")
    tree = check_signature(bundle)
    document = bundle["document"]
    if not isinstance(document, dict) or not {"kind", "title", "academy", "holder", "lines"} <= document.keys():
        refuse("В файле нет документа.")
    statement = parts(bundle["statement"], STATEMENT_PARTS, "выдача документа")
    entry = check_place(statement, commitment_of_document(document, statement["salt"]), tree, "Документ")
    if entry["type"] != f"{document['kind']}.exported":
        refuse("Документ: событие журнала не о выдаче этого документа.")
    records = bundle["records"]
    if not isinstance(records, dict):
        refuse("Это не файл доказательств: нет записей.")
    for name, record in records.items():
        what = f"Запись {shown(name)}"
        commitment = commitment_of_record(parts(record, RECORD_PARTS, "запись"), what)
        about = check_place(record, commitment, tree, what)
        if name != f"{about['object_type']}:{about['object_id']}":
            refuse(f"{what}: событие журнала о другой записи.")
        if NOT_THE_ROW.fullmatch(str(about["type"])):
            refuse(f"{what}: событие журнала о просмотре или выдаче, её значений оно не подтверждает.")
    used: set[tuple[str, str]] = set()
    for line in lines_of(document):
        check_line(line, records, used)
    if {name for name, _field in used} != records.keys():
        refuse("В файле есть запись, которой нет в документе.")
    if used != {(name, field) for name, record in records.items() for field in record["opened"]}:
        refuse("В файле открыто поле, которого нет в документе.")
    return Proven(
        title=shown(document["title"]),
        academy=shown(document["academy"]),
        holder=[(shown(line["label"]), shown(line["value"])) for line in lines_of(document["holder"])],
        lines=[(shown(line["label"]), shown(line["value"])) for line in lines_of(document["lines"])],
        handed_out=shown(moment(entry["at"])),
        records=len(records),
        tree=tree,
    )


def lines_of(value: object) -> Iterator[dict[str, Any]]:
    """Every line of a part of the document: an object that says which field of which record it shows."""
    if isinstance(value, dict):
        if "record" in value or "field" in value or "value" in value:
            yield parts(value, LINE_PARTS, "строка")
            return
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from lines_of(item)


def check_line(line: dict[str, Any], records: dict[str, Any], used: set[tuple[str, str]]) -> None:
    """Follow «module.title» from record to record through committed references; the end must equal the value."""
    label = shown(line["label"])
    if not isinstance(line["field"], str):
        refuse(f"Строка «{label}»: не сказано, откуда она.")
    value = name = line["record"]
    for step in line["field"].split("."):
        if name is None:
            break
        if not isinstance(name, str) or name not in records:
            refuse(f"Строка «{label}»: нет записи, на которую она ссылается.")
        opened = records[name]["opened"]
        if step not in opened:
            refuse(f"Строка «{label}»: в записи {shown(name)} нет такого открытого поля.")
        used.add((name, step))
        value = name = opened[step]["value"]
    if canonical(value) != canonical(line["value"]):
        refuse(f"Строка «{label}»: показано «{shown(line['value'])}», в журнале «{shown(value)}».")


def shown(value: object) -> str:
    """A value as a person reads it, without anything that could steer a terminal."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "да" if value else "нет"
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if MOMENT.fullmatch(words):
        return shown_moment(words)
    if DAY.fullmatch(words):
        return f"{words[8:]}.{words[5:7]}.{words[:4]}"
    return "".join(each if each.isprintable() else "�" for each in words)


def shown_moment(words: str) -> str:
    """A moment by the academy's clock, Moscow time."""
    try:
        moscow = datetime.fromisoformat(f"{words[:-1]}+00:00").astimezone(MOSCOW)
    except (ValueError, OverflowError):
        return words  # the thirteenth month, say: as it stands
    return f"{moscow:%d.%m.%Y %H:%M} (UTC+3)"


# --- the command line ----------------------------------------------------------------------------------------------


def trusted_key(given: str) -> str:
    """Return the fingerprint named by `--key`: itself, or that of the public key in a file."""
    plain = re.sub("[^0-9a-f]", "", given.lower())
    if len(plain) >= 32 and not re.search("[^0-9a-fA-F: -]", given):
        return plain
    try:
        raw = Path(given).read_bytes()
    except OSError as trouble:
        refuse(f"«{given}» — не отпечаток ключа (не меньше 32 знаков) и не файл: {trouble.strerror}.")
    if raw.startswith(b"-----BEGIN"):
        try:
            raw = load_pem_public_key(raw).public_bytes(Encoding.Raw, PublicFormat.Raw)
        except ValueError:
            refuse(f"В файле {given} нет ключа подписи.")
    elif len(raw) != 32:
        return trusted_key(raw.decode("ascii", errors="replace").strip())
    return sha256(raw).hex()


def grouped(fingerprint: str) -> str:
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))


def report(proven: Proven, *, trusted: str) -> Iterator[str]:
    yield "ПОДТВЕРЖДЕНО: файл не изменён, каждая строка следует из подписанного журнала событий."
    yield f"  {proven.title}"
    yield f"  {proven.academy}"
    yield from (f"  {label}: {value}" for label, value in proven.holder)
    yield f"  Строк: {len(proven.lines)}, записей: {proven.records}; выдано {proven.handed_out}"
    yield from (f"    {label}: {value}" for label, value in proven.lines)
    yield f"  Журнал на {shown(proven.tree.at)}: событий {proven.tree.size}, корень {proven.tree.root.hex()}"
    yield f"  Отпечаток ключа подписи: {grouped(proven.tree.fingerprints[-1])}"
    if len(proven.tree.fingerprints) > 1:
        yield f"  Отпечаток первого ключа журнала: {grouped(proven.tree.fingerprints[0])}"
    if trusted:
        yield "  Ключ тот, который вы указали."
    else:
        yield "  Сверьте отпечаток с напечатанным академией: без этого файл доказывает лишь то, что он цел."


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Проверка файла доказательств без доступа к системе.")
    parser.add_argument("file", metavar="ФАЙЛ", type=Path)
    parser.add_argument("--key", metavar="ОТПЕЧАТОК", default="", help="отпечаток ключа с бумаги или файл ключа")
    parser.add_argument("--quiet", action="store_true", help="ничего не печатать, только код возврата")
    given = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a console that cannot write Russian still gets its answer
    try:
        proven = check(read(given.file))
        trusted = trusted_key(given.key) if given.key else ""
        if trusted and not any(each.startswith(trusted) for each in proven.tree.fingerprints):
            refuse(f"Подписано другим ключом, его отпечаток {grouped(proven.tree.fingerprints[-1])}.")
    except NotProven as refusal:
        if not given.quiet:
            sys.stdout.write(f"НЕ ПОДТВЕРЖДЕНО. {refusal}\n")
        return 1
    if not given.quiet:
        sys.stdout.write("\n".join(report(proven, trusted=trusted)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
