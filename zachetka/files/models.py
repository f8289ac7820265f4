"""What is known of a stored file; its bytes are in the store."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from zachetka.access.models import Account
from zachetka.core.provable import Provable


class StoredFile(Provable):
    """A file that was handed to the system: its digest is its place (п. 3.6)."""

    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    stored_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    stored_at = models.DateTimeField()

    noun: ClassVar[str] = "файл"
    proven_fields: ClassVar[tuple[str, ...]] = ("sha256", "size", "media_type", "name", "stored_by_id", "stored_at")

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="file_digest")]
        constraints = [models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="file_has_a_digest")]

    def __str__(self) -> str:
        return self.name


class DestroyedFile(Provable):
    """The bytes of a file are destroyed by an act; its row and digest stay and say what there was (152-ФЗ ст. 21)."""

    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="destroyed")
    act = models.CharField(max_length=40)
    """Number of the act of destruction."""
    destroyed_at = models.DateTimeField()

    noun: ClassVar[str] = "уничтожение файла"
    proven_fields: ClassVar[tuple[str, ...]] = ("file_id", "act", "destroyed_at")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(act=""), name="file_is_destroyed_by_an_act")]

    def __str__(self) -> str:
        return f"файл № {self.file_id}, акт № {self.act}"


class Unswept(models.Model):
    """A file that an act destroyed and whose bytes may still lie in the store: a trigger writes it with the mark (152-ФЗ ст. 21).

    Whoever takes the bytes away deletes it: what is left of a killed process is these few rows, not every mark there ever was.
    """

    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return f"файл № {self.file_id}"
