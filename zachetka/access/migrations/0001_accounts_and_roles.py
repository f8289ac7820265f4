"""Accounts, their roles, and what is counted of refusals (п. 3.8)."""

import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("login", models.CharField(max_length=40, unique=True, verbose_name="логин")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="почта")),
                ("person_uid", models.UUIDField(db_index=True, default=uuid.uuid4)),
                ("display_name", models.CharField(max_length=120)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("initial_until", models.DateTimeField(blank=True, null=True)),
                ("initial_asked_by_person", models.UUIDField(blank=True, null=True)),
                ("initial_asked_at", models.DateTimeField(blank=True, null=True)),
                ("initial_given_by_person", models.UUIDField(blank=True, null=True)),
                (
                    "initial_asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "initial_given_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("login__regex", "^[a-z0-9][a-z0-9._-]{1,39}$")),
                        name="account_login_is_plain",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_active", True), ("closed_at__isnull", False), _connector="OR"),
                        name="account_closed_has_a_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("initial_asked_by_person__isnull", True),
                            ("initial_given_by_person__isnull", True),
                            models.Q(("initial_asked_by_person", models.F("initial_given_by_person")), _negated=True),
                            _connector="OR",
                        ),
                        name="password_is_given_by_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("initial_asked_by_person__isnull", True),
                                models.Q(("initial_asked_by_person", models.F("person_uid")), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("initial_given_by_person__isnull", True),
                                models.Q(("initial_given_by_person", models.F("person_uid")), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="password_is_not_given_to_oneself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleAssignment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("learner", "слушатель"),
                            ("teacher", "преподаватель"),
                            ("methodist", "методист"),
                            ("registrar", "делопроизводитель"),
                            ("secretary", "секретарь комиссии"),
                            ("chair", "председатель комиссии"),
                            ("archivist", "архивариус"),
                            ("inspector", "контролёр"),
                            ("head", "руководитель"),
                            ("privacy", "ответственный за персональные данные"),
                            ("admin", "администратор системы"),
                            ("security", "администратор безопасности"),
                        ],
                        max_length=20,
                    ),
                ),
                ("order_number", models.CharField(max_length=40, verbose_name="номер приказа")),
                ("order_date", models.DateField(verbose_name="дата приказа")),
                ("valid_from", models.DateField(verbose_name="действует с")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="действует по")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "на утверждении"),
                            ("active", "действует"),
                            ("refused", "отклонена"),
                            ("ended", "прекращена"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("proposed_by_person", models.UUIDField(null=True)),
                ("approved_by_person", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="roles", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "substitutes",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="substitutions",
                        to="access.roleassignment",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.unit",
                    ),
                ),
            ],
            options={
                "ordering": ("role", "valid_from", "pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="role_term_is_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("substitutes__isnull", True), ("valid_to__isnull", False), _connector="OR"),
                        name="role_of_a_substitute_ends",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("proposed_by_person__isnull", True),
                            ("approved_by_person__isnull", True),
                            models.Q(("proposed_by_person", models.F("approved_by_person")), _negated=True),
                            _connector="OR",
                        ),
                        name="role_is_approved_by_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["active", "ended"]), _negated=True),
                            ("approved_by_person__isnull", False),
                            ("proposed_by_person__isnull", True),
                            _connector="OR",
                        ),
                        name="role_in_force_was_approved",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["proposed", "active"]), ("valid_to__isnull", True)),
                        fields=("account", "role", "unit"),
                        name="role_is_open_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EmergencyAccess",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("account_person", models.UUIDField()),
                ("person_uid", models.UUIDField()),
                ("reason", models.CharField(max_length=500, verbose_name="причина")),
                ("opened_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("review_by", models.DateField(verbose_name="проверить не позже")),
                ("reviewed_by_person", models.UUIDField(null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                (
                    "verdict",
                    models.CharField(
                        blank=True, choices=[("justified", "обоснован"), ("unjustified", "не обоснован")], max_length=11
                    ),
                ),
                ("conclusion", models.CharField(blank=True, max_length=500, verbose_name="заключение")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emergencies",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-opened_at", "-pk"),
                "indexes": [models.Index(fields=["account", "until"], name="emergency_open")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("reviewed_at__isnull", True),
                                ("reviewed_by__isnull", True),
                                ("reviewed_by_person__isnull", True),
                                ("conclusion", ""),
                                ("verdict", ""),
                            ),
                            models.Q(
                                ("reviewed_at__isnull", False),
                                ("reviewed_by__isnull", False),
                                ("reviewed_by_person__isnull", False),
                                ("verdict__in", ["justified", "unjustified"]),
                                models.Q(("conclusion", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="emergency_is_reviewed_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by_person__isnull", True),
                            models.Q(("reviewed_by_person", models.F("account_person")), _negated=True),
                            _connector="OR",
                        ),
                        name="emergency_is_reviewed_by_another_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignInThrottle",
            fields=[
                ("key", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("window_started_at", models.DateTimeField()),
                ("failures", models.PositiveIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["window_started_at"], name="access_signinthrottle_old")],
            },
        ),
        migrations.CreateModel(
            name="RefusalTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("hour", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["hour"], name="access_refusaltally_hour")],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "hour"), name="refusals_are_counted_by_the_hour")
                ],
            },
        ),
    ]
