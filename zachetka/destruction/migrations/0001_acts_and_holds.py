"""Acts of destruction, their lines, holds (152-ФЗ ст. 21)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0004_doubles"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Act",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("withdrawal", "отзыв согласия")], max_length=12, verbose_name="основание"
                    ),
                ),
                ("reason", models.CharField(max_length=400, verbose_name="причина уничтожения")),
                ("law", models.CharField(max_length=200, verbose_name="по какому документу составлен")),
                ("carrier", models.CharField(blank=True, max_length=200, verbose_name="носитель вне системы")),
                ("sheets", models.PositiveIntegerField(null=True, verbose_name="листов на носителе")),
                (
                    "state",
                    models.CharField(
                        choices=[("composed", "ждёт утверждения"), ("approved", "исполнен"), ("returned", "возвращён")],
                        default="composed",
                        max_length=8,
                        verbose_name="состояние",
                    ),
                ),
                ("composed_by_person", models.UUIDField()),
                ("composed_at", models.DateTimeField(verbose_name="когда составлен")),
                ("decided_by_person", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True, verbose_name="когда решено")),
                ("refusal", models.CharField(blank=True, max_length=400, verbose_name="почему возвращён")),
                ("number", models.CharField(max_length=40, null=True, unique=True, verbose_name="номер акта")),
                (
                    "extract_number",
                    models.CharField(max_length=40, null=True, unique=True, verbose_name="номер выгрузки"),
                ),
                ("content", models.JSONField(default=dict, verbose_name="содержание бумаг")),
                (
                    "composed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="кто составил",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="кто решил",
                    ),
                ),
                (
                    "withdrawal",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acts",
                        to="people.withdrawal",
                    ),
                ),
            ],
            options={
                "ordering": ("-composed_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="ActLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[("email", "почта"), ("phone", "телефон"), ("file", "файл")],
                        max_length=10,
                        verbose_name="что",
                    ),
                ),
                ("record_type", models.CharField(max_length=60)),
                ("record_id", models.CharField(max_length=40)),
                ("place", models.CharField(max_length=200, verbose_name="где")),
                (
                    "act",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="destruction.act"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("placed", "действует"), ("lifted", "снят")],
                        default="placed",
                        max_length=6,
                        verbose_name="состояние",
                    ),
                ),
                ("order_number", models.CharField(max_length=40, verbose_name="номер приказа")),
                ("order_date", models.DateField(verbose_name="дата приказа")),
                ("reason", models.CharField(max_length=400, verbose_name="почему нельзя уничтожать")),
                ("placed_at", models.DateTimeField(verbose_name="когда введён")),
                (
                    "lift_order_number",
                    models.CharField(blank=True, max_length=40, verbose_name="номер приказа о снятии"),
                ),
                ("lift_order_date", models.DateField(null=True, verbose_name="дата приказа о снятии")),
                ("lift_reason", models.CharField(blank=True, max_length=400, verbose_name="почему снят")),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="когда снят")),
                (
                    "lifted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="кто снял",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="people.person"
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="кто ввёл",
                    ),
                ),
            ],
            options={
                "ordering": ("-placed_at", "-pk"),
            },
        ),
        migrations.AddIndex(
            model_name="act",
            index=models.Index(fields=["state", "composed_at"], name="act_by_state"),
        ),
        migrations.AddConstraint(
            model_name="act",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["composed", "approved"])),
                fields=("withdrawal",),
                name="withdrawal_has_one_act",
            ),
        ),
        migrations.AddConstraint(
            model_name="act",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "withdrawal"), _negated=True), ("withdrawal__isnull", False), _connector="OR"
                ),
                name="act_names_what_it_rests_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="act",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("reason", ""), _negated=True), models.Q(("law", ""), _negated=True)),
                name="act_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="act",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_by__isnull", True),
                        ("decided_by_person__isnull", True),
                        ("state", "composed"),
                        ("decided_at__isnull", True),
                        ("extract_number__isnull", True),
                        ("number__isnull", True),
                        ("refusal", ""),
                    ),
                    models.Q(
                        ("decided_by__isnull", False),
                        ("decided_by_person__isnull", False),
                        ("state", "approved"),
                        ("decided_at__isnull", False),
                        ("extract_number__isnull", False),
                        ("number__isnull", False),
                        ("refusal", ""),
                    ),
                    models.Q(
                        ("decided_by__isnull", False),
                        ("decided_by_person__isnull", False),
                        ("state", "returned"),
                        ("decided_at__isnull", False),
                        ("extract_number__isnull", True),
                        ("number__isnull", True),
                        models.Q(("refusal", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="act_decided_says_by_whom",
            ),
        ),
        migrations.AddConstraint(
            model_name="act",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by_person__isnull", True),
                    models.Q(("decided_by_person", models.F("composed_by_person")), _negated=True),
                    _connector="OR",
                ),
                name="act_is_decided_by_another_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="act",
            constraint=models.CheckConstraint(
                condition=models.Q(("sheets__isnull", True), models.Q(("carrier", ""), _negated=True), _connector="OR"),
                name="act_sheets_are_of_a_carrier",
            ),
        ),
        migrations.AddConstraint(
            model_name="actline",
            constraint=models.UniqueConstraint(
                fields=("act", "record_type", "record_id", "what"), name="act_names_a_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("order_number", ""), _negated=True), models.Q(("reason", ""), _negated=True)
                ),
                name="hold_has_an_order_and_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("lifted_at__isnull", True),
                        ("lifted_by__isnull", True),
                        ("state", "placed"),
                        ("lift_order_date__isnull", True),
                        ("lift_order_number", ""),
                        ("lift_reason", ""),
                    ),
                    models.Q(
                        ("lifted_at__isnull", False),
                        ("lifted_by__isnull", False),
                        ("state", "lifted"),
                        ("lift_order_date__gte", models.F("order_date")),
                        models.Q(("lift_order_number", ""), _negated=True),
                        models.Q(("lift_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="hold_is_lifted_by_an_order",
            ),
        ),
        AppendOnly("destruction_actline", writer="zachetka_app"),
    ]
