"""Consents, their withdrawals, and requests of data subjects (152-ФЗ ст. 9, 14, 20, 21)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_append_only"),
        ("people", "0002_lists_and_the_matrix"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True)),
                ("purpose", models.CharField(max_length=20, verbose_name="цель")),
                ("categories", models.JSONField(verbose_name="какие данные")),
                ("given_on", models.DateField(verbose_name="когда дано")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="действует по")),
                ("withdrawal_way", models.CharField(max_length=200, verbose_name="как отозвать")),
                (
                    "signature",
                    models.CharField(
                        choices=[
                            ("paper", "на бумаге"),
                            ("simple", "простая электронная подпись"),
                            ("qualified", "квалифицированная электронная подпись"),
                        ],
                        max_length=9,
                        verbose_name="чем подписано",
                    ),
                ),
                ("document", models.CharField(max_length=200, verbose_name="документ")),
                ("recorded_at", models.DateTimeField()),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="people.person"
                    ),
                ),
            ],
            options={
                "ordering": ("-given_on", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True), ("valid_until__gte", models.F("given_on")), _connector="OR"
                        ),
                        name="consent_has_a_term",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document", ""), _negated=True), models.Q(("withdrawal_way", ""), _negated=True)
                        ),
                        name="consent_is_a_document",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("withdrawn_on", models.DateField(verbose_name="когда отозвано")),
                ("document", models.CharField(max_length=200, verbose_name="документ")),
                ("due_on", models.DateField(verbose_name="исполнить до")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "ждёт исполнения"), ("settled", "исполнен")],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True, verbose_name="когда исполнен")),
                ("removed", models.JSONField(default=list, verbose_name="чего в карточке больше нет")),
                (
                    "kept_because",
                    models.CharField(blank=True, max_length=400, verbose_name="почему остальное остаётся"),
                ),
                (
                    "consent",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="people.consent"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("due_on", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gt", models.F("withdrawn_on"))), name="withdrawal_has_a_term"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("document", ""), _negated=True), name="withdrawal_is_a_document"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("settled_by__isnull", True), ("state", "waiting")),
                            models.Q(
                                ("settled_at__isnull", False), ("settled_by__isnull", False), ("state", "settled")
                            ),
                            _connector="OR",
                        ),
                        name="withdrawal_settled_says_by_whom",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SubjectRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True)),
                (
                    "way",
                    models.CharField(
                        choices=[("system", "в системе"), ("paper", "письменно")],
                        max_length=6,
                        verbose_name="как обратился",
                    ),
                ),
                ("document", models.CharField(blank=True, max_length=200, verbose_name="документ")),
                ("asked_on", models.DateField(verbose_name="когда обратился")),
                ("due_on", models.DateField(verbose_name="ответить до")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "ждёт ответа"), ("prepared", "ответ готов"), ("answered", "отвечено")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("prepared_at", models.DateTimeField(null=True)),
                ("answered_on", models.DateField(null=True, verbose_name="отвечено")),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="как передан ответ")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="people.person"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ("-asked_on", "-pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "answered"), _negated=True),
                        fields=["due_on"],
                        name="subject_request_waiting",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document", ""), ("way", "system")),
                            models.Q(("way", "paper"), models.Q(("document", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="subject_request_on_paper_has_a_document",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gt", models.F("asked_on"))), name="subject_request_has_a_term"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("file__isnull", True), ("prepared_at__isnull", True), ("state", "waiting")),
                            models.Q(
                                ("file__isnull", False),
                                ("prepared_at__isnull", False),
                                ("state__in", ["prepared", "answered"]),
                            ),
                            _connector="OR",
                        ),
                        name="subject_request_prepared_has_a_file",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_by__isnull", False),
                                ("answered_on__isnull", False),
                                ("state", "answered"),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "answered"), _negated=True),
                                ("answer", ""),
                                ("answered_by__isnull", True),
                                ("answered_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="subject_request_answered_says_how",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("way", "system"), models.Q(("state", "answered"), _negated=True)),
                        fields=("person",),
                        name="subject_request_is_open_once",
                    ),
                ],
            },
        ),
        AppendOnly("people_consent", writer="zachetka_app"),
    ]
