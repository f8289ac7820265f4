"""Cards that resemble each other, what is said of them, and their merges (п. 2.1)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_data_subjects"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Unlooked",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="people.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Resemblance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reasons", models.JSONField(verbose_name="чем похожи")),
                ("points", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "ждёт решения"),
                            ("apart", "разные люди"),
                            ("merged", "один человек"),
                            ("gone", "больше не похожи"),
                        ],
                        default="waiting",
                        max_length=7,
                    ),
                ),
                ("found_at", models.DateTimeField(verbose_name="когда найдено")),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "ordering": ("-points", "pk"),
                "indexes": [models.Index(fields=["state", "-points"], name="resemblance_waiting")],
                "constraints": [
                    models.UniqueConstraint(fields=("one", "other"), name="resemblance_is_found_once"),
                    models.CheckConstraint(
                        condition=models.Q(("one__lt", models.F("other"))), name="resemblance_is_of_two"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "apart", "merged", "gone"])),
                        name="resemblance_has_a_known_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Distinction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_apart", models.BooleanField(verbose_name="разные люди")),
                ("reasons", models.JSONField(verbose_name="чем похожи")),
                ("reason", models.CharField(max_length=400, verbose_name="почему")),
                ("decided_by_person", models.UUIDField()),
                ("decided_at", models.DateTimeField(verbose_name="когда решено")),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "one",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
                "indexes": [models.Index(fields=["one", "other", "-id"], name="distinction_of_two")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("one__lt", models.F("other"))), name="distinction_is_of_two"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="distinction_has_a_reason"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True)),
                ("taken", models.JSONField(verbose_name="что взято из поглощённой")),
                ("reason", models.CharField(max_length=400, verbose_name="по чему видно")),
                (
                    "state",
                    models.CharField(
                        choices=[("done", "объединены"), ("undone", "разъединены")], default="done", max_length=6
                    ),
                ),
                ("merged_by_person", models.UUIDField()),
                ("merged_at", models.DateTimeField(verbose_name="когда объединены")),
                ("undone_by_person", models.UUIDField(null=True)),
                ("undone_at", models.DateTimeField(null=True, verbose_name="когда разъединены")),
                ("undo_reason", models.CharField(blank=True, max_length=400, verbose_name="почему разъединены")),
                (
                    "merged_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "absorbed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="поглощённая карточка",
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="главная карточка",
                    ),
                ),
            ],
            options={
                "ordering": ("-merged_at", "-pk"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("survivor", models.F("absorbed")), _negated=True), name="merge_is_of_two"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="merge_has_a_reason"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "done")), fields=("absorbed",), name="card_is_absorbed_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "done"),
                                ("undone_at__isnull", True),
                                ("undone_by__isnull", True),
                                ("undone_by_person__isnull", True),
                                ("undo_reason", ""),
                            ),
                            models.Q(
                                ("state", "undone"),
                                ("undone_at__isnull", False),
                                ("undone_by__isnull", False),
                                ("undone_by_person__isnull", False),
                                models.Q(("undo_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="merge_undone_says_by_whom_and_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("undone_by_person__isnull", True),
                            models.Q(("undone_by_person", models.F("merged_by_person")), _negated=True),
                            _connector="OR",
                        ),
                        name="merge_is_undone_by_another_person",
                    ),
                ],
            },
        ),
        AppendOnly("people_distinction", writer="zachetka_app"),
    ]
