"""How passwords are hashed: Argon2id at one of OWASP's equal settings (ASVS 5.0 11.4.2)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: as strong as 46 MiB in one, at a third of our time (docs/decisions/0081)."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1

    def must_update(self, encoded: str) -> bool:  # noqa: ARG002 - Django's signature
        """Never at a sign-in: the ledger commits to the hash, and only a change of the password may change it (п. 3.8)."""
        return False
