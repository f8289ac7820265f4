"""Salted commitments (п. 3.3): they prove a value to whoever is shown it and tell nobody else."""

import hashlib

import pytest

from zachetka.core.canonical import Plain
from zachetka.core.hashing import DIGEST_SIZE, commitment, field_digests, new_salt, row_commitment, sha256

pytestmark = pytest.mark.clause("3.3")

SALT = bytes(range(32))


def test_a_commitment_is_the_hash_of_fields_and_salt_that_anyone_can_recompute():
    text = f'{{"fields":{{"grade":"5"}},"salt":"{SALT.hex()}"}}'
    assert commitment({"grade": "5"}, SALT) == hashlib.sha256(text.encode()).digest()


def test_another_field_or_another_salt_is_another_commitment():
    committed = commitment({"grade": "5"}, SALT)
    assert committed != commitment({"grade": "4"}, SALT)
    assert committed != commitment({"grade": "5"}, new_salt())


def test_without_the_salt_trying_every_value_finds_nothing():
    snils = "00000000042"
    tried = [f"{number:011}" for number in range(100)]
    unsalted = sha256(snils.encode())
    assert unsalted in {sha256(each.encode()) for each in tried}  # negative control: unsalted falls
    committed = commitment({"snils": snils}, new_salt())
    assert committed not in {commitment({"snils": each}, bytes(DIGEST_SIZE)) for each in tried}


def test_a_row_is_the_hash_of_the_digests_of_its_fields_so_that_one_can_be_opened_alone():
    own = hashlib.shake_256(SALT).digest(64)
    digests = {
        "grade": hashlib.sha256(own[:32] + b'"5"').hexdigest(),
        "points": hashlib.sha256(own[32:] + b"null").hexdigest(),
    }
    text = f'{{"fields":{{"grade":"{digests["grade"]}","points":"{digests["points"]}"}}}}'
    fields: dict[str, Plain] = {"points": None, "grade": "5"}
    assert row_commitment(fields, SALT) == hashlib.sha256(text.encode()).digest()
    assert field_digests(fields, SALT)["points"] == (own[32:], bytes.fromhex(digests["points"]))


def test_another_value_another_name_and_another_salt_is_another_row():
    row: dict[str, Plain] = {"grade": "5", "points": "5"}
    others: list[dict[str, Plain]] = [{**row, "points": "4"}, {"grade": "5", "score": "5"}, {"grade": "5"}]
    found = {row_commitment(each, SALT) for each in (row, *others)} | {row_commitment(row, new_salt())}
    assert len(found) == 5
    assert len({digest for _own, digest in field_digests(row, SALT).values()}) == 2  # equal values do not show


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_short_salt_is_refused(length):
    with pytest.raises(ValueError, match="32"):
        commitment({}, bytes(length))
    with pytest.raises(ValueError, match="32"):
        row_commitment({}, bytes(length))


def test_salts_do_not_repeat():
    assert len({new_salt() for _ in range(1000)}) == 1000
