#!/usr/bin/env python3
"""Проверка файла доказательств «Зачётки» без «Зачётки»: один файл, Python 3.11 или новее и пакет cryptography.

    verify_bundle.py ФАЙЛ [--key ОТПЕЧАТОК_ИЛИ_ФАЙЛ_КЛЮЧА] [--quiet]

Код возврата 0: всё сошлось; 1: не сошлось или прочитать нельзя, с объяснением что именно.

What is checked, from the value on paper up to the signature (docs/ledger.md):
value = opened field → digests of all fields = commitment of the event → leaf → root → signature → chain of keys.
Imports nothing of the project, on purpose: it must stay readable and runnable when the project is gone.
"""

import argparse
import hashlib
import io
import json
import re
import sys
import unicodedata
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path
from typing import Any, Final, NoReturn

try:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
except ImportError:
    raise SystemExit("Нужен пакет cryptography. Поставьте его: python -m pip install cryptography") from None

FORMAT: Final = "zachetka-bundle/4"
SIZE_LIMIT: Final = 10_000_000  # a book of twelve lines is 160 000 bytes
DEPTH_LIMIT: Final = 32
GREATEST_INTEGER: Final = 2**53 - 1
PARTS: Final = {"format", "checkpoint", "keys", "document", "statement", "records"}
CHECKPOINT_PARTS: Final = {"origin", "tree_size", "root", "at", "signature"}
KEY_PARTS: Final = {"public_key", "valid_from", "endorsement"}
DOCUMENT_PARTS: Final = {"kind", "title", "academy", "holder", "lines"}
STATEMENT_PARTS: Final = {"entry", "salt", "index", "path"}
RECORD_PARTS: Final = {"entry", "index", "path", "opened", "closed"}
FIELD_PARTS: Final = {"salt", "value"}
ENTRY_PARTS: Final = {
    "about", "actor", "at", "body", "clause", "commitment", "id", "object_id", "object_type", "type", "version",
}  # fmt: skip
NOT_THE_ROW: Final = re.compile(
    r".*\.(exported|stated|read|revealed|signed_in|sign_in_refused|signed_out|checked)"
    r"|access\.refused|person\.found|job\.file_taken|account\.(confirmed|sessions_ended)|second_factor\.(used|refused)",
    re.DOTALL,
)
LINE_PARTS: Final = {"label", "record", "field", "value"}
WORD: Final = "word"  # what the academy calls a code: part of the document that it stated, of no record
OF: Final = "of"  # the mark that the line reads through a scale: the program works out anew what it counts as
BY: Final = "by"  # the record of the transfer that names the scale
DECIMALS: Final = {"score"}  # fields of exact numbers, which the ledger writes with a point and paper with a comma
PERSON: Final = "people.person:"
NAME: Final = ("last_name", "first_name", "patronymic")
MOSCOW: Final = timezone(timedelta(hours=3))
FINGERPRINT: Final = re.compile("[0-9a-f]{32,64}")
MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class NotProven(Exception):
    """Something does not agree; the text says what, in Russian."""


def refuse(sentence: str) -> NoReturn:
    raise NotProven(sentence)


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(value: object) -> bytes:
    """RFC 8785 without fractions: the one way to write a value."""
    return json.dumps(ordered(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def ordered(value: object, levels: int = DEPTH_LIMIT) -> object:
    if levels == 0:
        refuse("Части файла вложены глубже, чем их пишет система.")
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return {text(key): ordered(value[key], levels - 1) for key in keys}
    if isinstance(value, list):
        return [ordered(item, levels - 1) for item in value]
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
    raw = content(path, SIZE_LIMIT + 1, "Файл")
    if len(raw) > SIZE_LIMIT:
        refuse("Файл слишком велик для файла доказательств.")
    try:
        bundle = json.loads(raw.decode("utf-8"))
        if canonical(bundle) != raw:
            refuse("Файл изменён: он записан не так, как его пишет система.")
    except (ValueError, RecursionError):
        refuse("Это не файл доказательств: он не читается как JSON.")
    return parts(bundle, PARTS, "файл")


def content(path: Path, limit: int, what: str) -> bytes:
    """The first `limit` bytes: a device that never ends is a file, too."""
    try:
        with path.open("rb") as file:
            return file.read(limit)
    except (OSError, ValueError):
        refuse(f"{what} «{shown(str(path))}» не открывается: его нет, это папка или нет права его читать.")


def parts(value: object, names: set[str], what: str) -> dict[str, Any]:
    if not isinstance(value, dict) or value.keys() != names:
        refuse(f"Это не файл доказательств: «{what}» устроен иначе.")
    return value


def digest(value: object, size: int = 32) -> bytes:
    if not isinstance(value, str) or not re.fullmatch(f"[0-9a-f]{{{2 * size}}}", value):
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


def check_signed(public: bytes, signature: object, *lines: str, otherwise: str) -> None:
    """Check that `signature` is that of the lines, each ended by a line feed; `otherwise` is said when it is not."""
    written = "".join(f"{line}\n" for line in lines).encode()
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(digest(signature, 64), written)
    except (InvalidSignature, ValueError):
        refuse(otherwise)


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
        endorsed = ("zachetka next key", origin, b64encode(public).decode(), f"from {moment(key['valid_from'])}")
        check_signed(previous, key["endorsement"], *endorsed, otherwise="Ключ подписи не заверен предыдущим ключом.")
    size, root, at = whole(point["tree_size"]), digest(point["root"]), moment(point["at"])
    lines = (origin, str(size), b64encode(root).decode(), f"at {at}")
    check_signed(publics[-1], point["signature"], *lines, otherwise="Подпись контрольной точки неверна.")
    return Tree(size, root, at, fingerprints)


def check_place(exhibit: dict[str, Any], commitment: bytes, tree: Tree, what: str) -> dict[str, Any]:
    """Check commitment → leaf → root; return the entry."""
    entry = parts(exhibit["entry"], ENTRY_PARTS, "событие")
    if commitment.hex() != entry["commitment"]:
        refuse(f"{what}: показано не то, что записано в журнале событий.")
    if not isinstance(exhibit["path"], list):
        refuse(f"{what}: нет доказательства.")
    path = [digest(each) for each in exhibit["path"]]
    if root_above(sha256(b"\x00", canonical(entry)), whole(exhibit["index"]), tree.size, path) != tree.root:
        refuse(f"{what}: события нет в подписанном журнале.")
    return entry


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


def check(bundle: dict[str, Any]) -> Tree:
    """Check the whole bundle; NotProven is raised at the first thing that does not agree."""
    if bundle["format"] != FORMAT:
        refuse("Файл другого вида: для него нужна другая программа проверки.")
    tree = check_signature(bundle)
    document, records = bundle["document"], bundle["records"]
    if not isinstance(document, dict) or not document.keys() >= DOCUMENT_PARTS or not isinstance(records, dict):
        refuse("Это не файл доказательств: в нём нет документа или записей.")
    statement = parts(bundle["statement"], STATEMENT_PARTS, "выдача документа")
    committed = sha256(canonical({"fields": document, "salt": digest(statement["salt"]).hex()}))
    entry = check_place(statement, committed, tree, "Документ")
    if entry["type"] != f"{document['kind']}.exported":
        refuse("Документ: событие журнала не о выдаче этого документа.")
    for name, record in records.items():
        what = f"Запись {shown(name)}"
        about = check_place(record, commitment_of_record(parts(record, RECORD_PARTS, "запись"), what), tree, what)
        if name != f"{about['object_type']}:{about['object_id']}":
            refuse(f"{what}: событие журнала о другой записи.")
        if NOT_THE_ROW.fullmatch(str(about["type"])):
            refuse(f"{what}: событие журнала о просмотре или выдаче, её значений оно не подтверждает.")
    used: set[tuple[str, str]] = set()
    names = set(names_in(records))
    for _path, line in lines_of(document):
        check_line(line, records, used)
        if {OF, BY} & line.keys():
            check_reading(line, records)
        if WORD in line and str(line["value"]).startswith(PERSON) and (line["value"], line[WORD]) not in names:
            refuse(f"Строка «{shown(line['label'])}»: имени «{shown(line[WORD])}» нет в записях этого человека.")
    if {name for name, _field in used} != records.keys():
        refuse("В файле есть запись, которой нет в документе.")
    if used != {(name, field) for name, record in records.items() for field in record["opened"]}:
        refuse("В файле открыто поле, которого нет в документе.")
    return tree


def lines_of(value: object, *path: int) -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    """Every line of a part of the document, which says what field of what record it shows, and its place in the part."""
    if isinstance(value, dict) and not value.keys().isdisjoint({"record", "field", "value"}):
        yield path, parts(value, LINE_PARTS | ({WORD, OF, BY} & value.keys()), "строка")
    elif isinstance(value, dict | list):
        for place, item in enumerate(value.values() if isinstance(value, dict) else value):
            yield from lines_of(item, *path, place)


def names_in(records: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every person with every name that a proven record gives them: no other word may stand before their code."""
    for name, record in records.items():
        values = {field: each["value"] for field, each in record["opened"].items()}
        if name.startswith("people.personname:") and values.keys() >= {"person_id", *NAME}:
            yield str(values["person_id"]), " ".join(str(values[part]) for part in NAME if values[part])


def check_line(line: dict[str, Any], records: dict[str, Any], used: set[tuple[str, str]]) -> None:
    """Follow «module.title» from record to record through committed references; the end must equal the value."""
    label = shown(line["label"])
    if not all(isinstance(each, str) for each in (line["record"], line["field"], line.get(WORD, ""))):
        refuse(f"Строка «{label}»: не сказано, откуда она.")
    value = line["record"]
    for step in line["field"].split("."):
        if value is None:
            break
        if not isinstance(value, str) or value not in records:
            refuse(f"Строка «{label}»: нет записи, на которую она ссылается.")
        opened = records[value]["opened"]
        if step not in opened:
            refuse(f"Строка «{label}»: в записи {shown(value)} нет такого открытого поля.")
        used.add((value, step))
        value = opened[step]["value"]
    if canonical(value) != canonical(line["value"]):
        refuse(f"Строка «{label}»: показано «{shown(line['value'])}», в журнале «{shown(value)}».")


def check_reading(line: dict[str, Any], records: dict[str, Any]) -> None:
    """Work out anew which grade of another scale a mark counts as: by the edition that the transfer names, all of it (п. 2.3)."""
    label = shown(line["label"])
    mark, by = (
        opened(line.get(name), kind, records, label) for name, kind in ((OF, "learning.mark"), (BY, "learning.carried"))
    )
    sheet = opened(mark["sheet_id"], "learning.marksheet", records, label)
    if (by["source_id"], by["origin_id"]) != (mark["enrolment_id"], sheet["module_id"]):
        refuse(f"Строка «{label}»: перенос говорит о другой книжке или дисциплине.")
    values = [
        (name, opened(name, "programs.grade", records, label))
        for name, record in records.items()
        if name.startswith("programs.grade:")
        and record["opened"].get("version_id", {}).get("value") == by["edition_id"]
    ]
    scale = sorted(values, key=lambda one: whole(one[1]["ordinal"]))
    absent = [place for place, (_name, grade) in enumerate(scale, 1) if grade["is_absence"]]
    if [grade["ordinal"] for _name, grade in scale] != [*range(1, len(scale) + 1)] or absent != [len(scale)]:
        refuse(f"Строка «{label}»: шкала, по которой переведена оценка, показана не вся.")
    found = counts_as(opened(mark["grade_id"], "programs.grade", records, label), mark["score"], scale)
    if found is None or (found, "label") != (line["record"], line["field"]):
        refuse(f"Строка «{label}»: по шкале, которую называет перенос, эта оценка засчитывается иначе.")


class Opened(dict[str, Any]):
    """The values of a record that the bundle opens; one that it does not is refused by name."""

    def __init__(self, values: dict[str, Any], otherwise: str) -> None:
        super().__init__(values)
        self.otherwise = otherwise

    def __missing__(self, field: str) -> NoReturn:
        refuse(f"{self.otherwise} поля {field}.")


def opened(name: object, kind: str, records: dict[str, Any], label: str) -> Opened:
    """The opened fields of the record `name`, which is of the `kind`."""
    if not isinstance(name, str) or not name.startswith(f"{kind}:") or name not in records:
        refuse(f"Строка «{label}»: нет записи, из которой следует оценка.")
    values = {field: each["value"] for field, each in records[name]["opened"].items()}
    return Opened(values, f"Строка «{label}»: в записи {shown(name)} не открыто")


def hundred(score: object) -> int:
    """Points of a hundred as whole ones, halves up."""
    try:
        return int(Decimal(str(score)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError):
        refuse("Баллы записаны неверно.")


def counts_as(grade: dict[str, Any], score: object, scale: list[tuple[str, Opened]]) -> str | None:
    """Which grade of `scale` says the same: for an absence the absence, then by points of a hundred, by points of the average, or the only one.

    What passes never becomes what does not, and the only one that passes takes the rest when it has no points of its own.
    """
    same = [
        (name, one)
        for name, one in scale
        if (one["is_passing"], one["is_absence"]) == (grade["is_passing"], grade["is_absence"])
    ]
    if grade["is_absence"]:
        return same[0][0] if same else None
    if score is not None:
        points = hundred(score)
        for name, one in same:
            if (
                one["score_from"] is not None
                and one["score_to"] is not None
                and one["score_from"] <= points <= one["score_to"]
            ):
                return name
    pointed = [name for name, one in same if one["points"] is not None and one["points"] == grade["points"]]
    if len(pointed) == 1:
        return pointed[0]
    is_only = len(same) == 1 and (same[0][1]["points"] is None or not grade["is_passing"])
    return same[0][0] if is_only else None


def shown(value: object) -> str:
    """A value as a person reads it, moments by Moscow time, without anything that could steer a terminal."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "да" if value else "нет"
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if MOMENT.fullmatch(words):
        with suppress(ValueError, OverflowError):  # the thirteenth month, say, is shown as it stands
            return f"{datetime.fromisoformat(words).astimezone(MOSCOW):%d.%m.%Y %H:%M} по Москве"
    if DAY.fullmatch(words):
        return f"{words[8:]}.{words[5:7]}.{words[:4]}"
    return "".join(each if each.isprintable() else "�" for each in words)


def trusted_key(given: str, *, is_typed: bool = True) -> str:
    """Return the fingerprint named by `--key`: itself, or that of the key in a file, or the one written in a file."""
    plain = re.sub(r"[\s:-]", "", given.lower())
    if FINGERPRINT.fullmatch(plain):
        return plain
    if not is_typed:
        refuse("В файле, указанном как ключ, нет ни ключа подписи, ни его отпечатка.")
    raw = content(Path(given), 10_000, "Это не отпечаток (в нём не меньше 32 знаков), а файл")
    if raw.startswith(b"-----BEGIN"):
        with suppress(ValueError, UnsupportedAlgorithm):
            raw = load_pem_public_key(raw).public_bytes(Encoding.Raw, PublicFormat.Raw)
    return sha256(raw).hex() if len(raw) == 32 else trusted_key(raw.decode("ascii", "replace"), is_typed=False)


def grouped(fingerprint: str) -> str:
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))


def told(part: object) -> Iterator[str]:
    """The lines of a part, grouped as it groups them, to be compared with paper."""
    for _group, lines in groupby(lines_of(part), key=lambda each: each[0][:-1]):
        yield ""
        yield from (f"{'  ' * len(path)}{shown(line['label'])}: {as_on_paper(line)}" for path, line in lines)


def as_on_paper(line: dict[str, Any]) -> str:
    """The academy's word for a code, then the code that is proven: «экзамен (exam)»; 94.0 as 94, 72.50 as 72,5."""
    value = shown(line["value"])
    if line["field"].rpartition(".")[2] in DECIMALS and re.fullmatch(r"-?\d+\.\d+", value, re.ASCII):
        value = value.rstrip("0").rstrip(".").replace(".", ",")
    if OF in line:
        return f"{value} — следует из оценки и шкалы"
    return f"{shown(line[WORD])} ({value})" if line.get(WORD) else value


def report(bundle: dict[str, Any], tree: Tree, *, trusted: str) -> Iterator[str]:
    alone = "Сверьте отпечаток ключа в конце с напечатанным академией: без этого файл доказывает лишь то, что он цел."
    document = bundle["document"]
    yield "ПОДТВЕРЖДЕНО: файл не изменён, каждое значение следует из подписанного журнала событий."
    yield f"  {'Ключ тот, который вы указали.' if trusted else alone}"
    yield "  Из журнала взято каждое значение; если оно в скобках, слово перед ними дала академия, как и названия строк."
    yield "  Имена людей сверены с их записями в журнале."
    if any(OF in line for _path, line in lines_of(document)):
        yield "  Что засчитывается по другой шкале, выведено заново из оценки и всей шкалы, которую называет перенос."
    yield f"\n  {shown(document['title'])}\n  {shown(document['academy'])}"
    yield from (line for part in ("holder", "lines") for line in told(document[part]))
    given = shown(bundle["statement"]["entry"]["at"])
    yield f"\n  Выдано {given}; строк: {sum(1 for _ in lines_of(document))}, записей: {len(bundle['records'])}"
    yield f"  Журнал подписан {shown(tree.at)}, событий в нём: {f'{tree.size:,}'.replace(',', ' ')}"
    yield f"  Корень дерева: {tree.root.hex()}"
    yield f"  Отпечаток ключа подписи: {grouped(tree.fingerprints[-1])}"
    if len(tree.fingerprints) > 1:
        yield f"  Отпечаток первого ключа журнала: {grouped(tree.fingerprints[0])}"


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(1, f'Напишите так: python {self.prog} ФАЙЛ --key "отпечаток с бумаги"\n({message})\n')


def main(arguments: Sequence[str] | None = None) -> int:
    parser = Parser(description="Проверка файла доказательств без доступа к системе.")
    parser.add_argument("file", metavar="ФАЙЛ", type=Path)
    parser.add_argument("--key", metavar="ОТПЕЧАТОК", help="отпечаток ключа с бумаги или файл ключа")
    parser.add_argument("--quiet", action="store_true", help="ничего не печатать, только код возврата")
    given = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a console that cannot write Russian still gets its answer
    try:
        bundle = read(given.file)
        tree = check(bundle)
        trusted = trusted_key(given.key) if given.key is not None else ""
        if trusted and not any(each.startswith(trusted) for each in tree.fingerprints):
            refuse(f"Подписано другим ключом, его отпечаток {grouped(tree.fingerprints[-1])}.")
        code, answer = 0, "\n".join(report(bundle, tree, trusted=trusted))
    except NotProven as refusal:
        code, answer = 1, f"НЕ ПОДТВЕРЖДЕНО. {refusal}"
    if not given.quiet:
        sys.stdout.write(f"{answer}\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
