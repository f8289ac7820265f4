"""The tables of the ledger, and what the database itself holds about them (п. 3.3)."""

import django.db.models.deletion
import zachetka.ledger.columns
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly

NUMBERS = """
CREATE SEQUENCE ledger_event_id_seq AS bigint OWNED BY ledger_event.id;
ALTER TABLE ledger_event ADD CONSTRAINT event_commitment_is_digest CHECK (octet_length(commitment) = 32);
ALTER TABLE ledger_event ADD CONSTRAINT event_body_is_object CHECK (jsonb_typeof(body) = 'object');
ALTER TABLE ledger_opening ADD CONSTRAINT opening_salt_is_long CHECK (octet_length(salt) = 32);
ALTER TABLE ledger_leaf ADD CONSTRAINT leaf_is_digest CHECK (octet_length(hash) = 32 AND index >= 0);
ALTER TABLE ledger_node ADD CONSTRAINT node_is_digest
    CHECK (octet_length(hash) = 32 AND index >= 0 AND level BETWEEN 1 AND 62);
ALTER TABLE ledger_signingkey ADD CONSTRAINT signing_key_is_ed25519
    CHECK (octet_length(public_key) = 32 AND octet_length(endorsement) = 64);
ALTER TABLE ledger_checkpoint ADD CONSTRAINT checkpoint_is_signed
    CHECK (tree_size > 0 AND octet_length(root) = 32 AND octet_length(signature) = 64);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigIntegerField(editable=False, primary_key=True, serialize=False)),
                ("xid", zachetka.ledger.columns.TransactionId(editable=False)),
                ("at", models.DateTimeField()),
                ("type", models.CharField(max_length=60)),
                ("object_type", models.CharField(blank=True, max_length=60)),
                ("object_id", models.CharField(blank=True, max_length=60)),
                ("subject_uid", models.UUIDField(null=True)),
                ("clause", models.CharField(max_length=60)),
                ("body", models.JSONField(default=dict)),
                ("commitment", models.BinaryField(max_length=32, null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "indexes": [
                    models.Index(fields=["object_type", "object_id", "id"], name="event_of_record"),
                    models.Index(
                        condition=models.Q(("subject_uid__isnull", False)),
                        fields=["subject_uid", "id"],
                        name="event_about",
                    ),
                    models.Index(
                        condition=models.Q(("actor__isnull", False)), fields=["actor", "id"], name="event_by_actor"
                    ),
                    models.Index(fields=["xid"], name="event_xid"),
                    models.Index(
                        condition=models.Q(
                            (
                                "type__in",
                                [
                                    "access.refused",
                                    "account.confirmed",
                                    "account.sessions_ended",
                                    "account.sign_in_refused",
                                    "account.signed_in",
                                    "account.signed_out",
                                    "ledger.checked",
                                    "list.exported",
                                    "matrix.exported",
                                    "person.read",
                                    "personal_data.revealed",
                                    "record_book.read",
                                    "second_factor.refused",
                                    "second_factor.used",
                                    "subject_data.exported",
                                    "subject_data.read",
                                ],
                            )
                        ),
                        fields=["type", "id"],
                        name="event_looked",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("object_id", ""), models.Q(("object_type", ""), _negated=True), _connector="OR"
                        ),
                        name="event_object_id_has_type",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("commitment__isnull", False),
                            (
                                "object_type__in",
                                [
                                    "files.storedfile",
                                    "learning.award",
                                    "learning.carried",
                                    "learning.commissioner",
                                    "learning.excuse",
                                    "learning.mark",
                                    "learning.planline",
                                    "learning.sheetmember",
                                    "learning.studyplan",
                                    "learning.verificationtoken",
                                    "people.consent",
                                    "people.distinction",
                                    "people.educationdocument",
                                    "people.matrixdecision",
                                    "people.matrixedition",
                                    "people.personname",
                                    "people.posting",
                                    "programs.grade",
                                    "registers.entry",
                                ],
                            ),
                        ),
                        fields=("object_type", "object_id"),
                        name="event_commits_to_what_is_only_added_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="opening",
                        serialize=False,
                        to="ledger.event",
                    ),
                ),
                ("salt", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("hash", models.BinaryField(max_length=32)),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="leaf", to="ledger.event"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Node",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level", "index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.SmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hash", models.BinaryField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("public_key", models.BinaryField(max_length=32)),
                ("valid_from", models.DateTimeField()),
                ("endorsement", models.BinaryField(max_length=64, null=True)),
                (
                    "previous",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.signingkey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("endorsement__isnull", True), ("previous__isnull", True)),
                            models.Q(("endorsement__isnull", False), ("previous__isnull", False)),
                            _connector="OR",
                        ),
                        name="signing_key_is_endorsed",
                    ),
                    models.UniqueConstraint(
                        fields=("previous",), name="signing_keys_are_one_chain", nulls_distinct=False
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("tree_size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
                ("origin", models.CharField(max_length=80)),
                ("signature", models.BinaryField(max_length=64)),
                (
                    "key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.signingkey",
                    ),
                ),
            ],
            options={
                "ordering": ("tree_size",),
            },
        ),
        migrations.RunSQL(NUMBERS, migrations.RunSQL.noop),
        AppendOnly("ledger_event", writer="zachetka_app"),
        AppendOnly("ledger_opening", writer="zachetka_app"),
        AppendOnly("ledger_leaf", writer="zachetka_sealer"),
        AppendOnly("ledger_node", writer="zachetka_sealer"),
        AppendOnly("ledger_signingkey", writer="zachetka_sealer"),
        AppendOnly("ledger_checkpoint", writer="zachetka_sealer"),
    ]
