"""The tables of the ledger: they only grow (п. 3.3). Who may insert into which is in the migration."""

from typing import Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q

from zachetka.core.provable import object_type_of
from zachetka.ledger.columns import TransactionId
from zachetka.ledger.events import APPENDED, WITNESSED, EventType

__all__ = ["Checkpoint", "DestroyedSalt", "Event", "Leaf", "Node", "Opening", "SigningKey"]


class EventQuerySet(models.QuerySet["Event"]):
    """Named reads of the ledger; each is one index scan."""

    def of(self, record: models.Model) -> Self:
        """Events of one record, oldest first."""
        return self.filter(object_type=object_type_of(type(record)), object_id=str(record.pk)).order_by("pk")

    def about(self, *identities: UUID) -> Self:
        """Everything that concerns a natural person, newest first: what they may ask to see (152-ФЗ ст. 14)."""
        return self.filter(subject_uid__in=identities).order_by("-pk")

    def newest_first(self) -> Self:
        """The order of a feed."""
        return self.order_by("-pk")


class Event(models.Model):
    """Something that happened, recorded in the transaction in which it happened (п. 2.1).

    `id` and `xid` are given by a trigger of the database whatever the INSERT says. `id` orders events of one
    record; the index in the tree is `Leaf.index` and is given by the sealer.
    """

    id = models.BigIntegerField(primary_key=True, editable=False)
    xid = TransactionId(editable=False)
    at = models.DateTimeField()
    type = models.CharField(max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    subject_uid = models.UUIDField(null=True)
    clause = models.CharField(max_length=60)
    body = models.JSONField(default=dict)
    commitment = models.BinaryField(max_length=32, null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = [
            models.Index(fields=["object_type", "object_id", "id"], name="event_of_record"),
            models.Index(fields=["subject_uid", "id"], name="event_about", condition=Q(subject_uid__isnull=False)),
            models.Index(fields=["actor", "id"], name="event_by_actor", condition=Q(actor__isnull=False)),
            models.Index(fields=["xid"], name="event_xid"),
            models.Index(
                fields=["type", "id"],
                name="event_looked",
                condition=Q(type__in=sorted(kind.value for kind in WITNESSED)),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(object_id="") | ~Q(object_type=""), name="event_object_id_has_type"),
            models.UniqueConstraint(
                fields=["object_type", "object_id"],
                condition=Q(commitment__isnull=False, object_type__in=sorted(APPENDED)),
                name="event_commits_to_what_is_only_added_once",
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.pk} {self.kind.sentence}"

    @property
    def kind(self) -> EventType:
        """The type as a member, with its sentence.

        Raises:
            ValueError: this version of the system does not know such a type.
        """
        return EventType(self.type)


class Opening(models.Model):
    """The salt of an event's commitment. With the fields it proves them; destroyed, the event says nothing more."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="opening")
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"соль события № {self.event_id}"


class DestroyedSalt(models.Model):
    """The salt of `event` was destroyed by an act: `by` is the event that says so of the same record (152-ФЗ ст. 21).

    A row of it is the only door by which an opening leaves its table; triggers hold that the act was approved.
    """

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="destroyed_salt")
    by = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"уничтожена соль события № {self.event_id}"


class Leaf(models.Model):
    """The place of an event in the tree: contiguous from 0, given by the sealer, never reused."""

    index = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="leaf")
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"лист {self.index}"


class Node(models.Model):
    """A complete inner node, level ≥ 1: root of leaves [index·2^level, (index + 1)·2^level)."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"узел {self.level}:{self.index}"


class SigningKey(models.Model):
    """A public key of the academy. The first is trusted by its fingerprint on paper, each next by the one before."""

    id = models.CharField(max_length=64, primary_key=True)
    """SHA-256 of the raw 32 bytes of the public key, lower-case hexadecimal."""
    public_key = models.BinaryField(max_length=32)
    valid_from = models.DateTimeField()
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    endorsement = models.BinaryField(max_length=64, null=True)
    """Signature of `signing.endorsement_text` by the previous key; null for the first key only."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(previous__isnull=True, endorsement__isnull=True)
                | Q(previous__isnull=False, endorsement__isnull=False),
                name="signing_key_is_endorsed",
            ),
            models.UniqueConstraint(fields=["previous"], nulls_distinct=False, name="signing_keys_are_one_chain"),
        ]

    def __str__(self) -> str:
        return self.id[:16]


class Checkpoint(models.Model):
    """A signed statement: at this moment the tree had this many leaves and this root."""

    tree_size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    origin = models.CharField(max_length=80)
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+", db_index=False)
    signature = models.BinaryField(max_length=64)

    class Meta:
        ordering = ("tree_size",)

    def __str__(self) -> str:
        return f"контрольная точка на {self.tree_size} событий"
