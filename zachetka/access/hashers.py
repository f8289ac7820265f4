"""How passwords are hashed: Argon2id at the first of OWASP's equal settings (ASVS 5.0 11.4.2)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """46 MiB, one pass, one lane: as strong as 19 MiB in two, and one sign-in leaves the other core alone."""

    time_cost = 1
    memory_cost = 47_104
    parallelism = 1

    def must_update(self, encoded: str) -> bool:  # noqa: ARG002 - Django's signature
        """Never at a sign-in: the ledger commits to the hash, and only a change of the password may change it (п. 3.8)."""
        return False
