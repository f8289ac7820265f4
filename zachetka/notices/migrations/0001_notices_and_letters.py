"""What is told in the application and by mail, and what each has chosen (п. 2.4)."""

import django.db.models.deletion
import uuid
import zachetka.ledger.columns
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=80, unique=True)),
                ("identity", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("count", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("given_up_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("given_up_at__isnull", True), ("sent_at__isnull", True)),
                        fields=["next_try_at"],
                        name="letter_waits",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sent_at__isnull", True), ("given_up_at__isnull", True), _connector="OR"),
                        name="letter_ends_one_way",
                    ),
                    models.CheckConstraint(condition=models.Q(("count__gte", 1)), name="letter_tells_of_something"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("order.waits", "приказ ждёт подписи"),
                            ("order.returned", "приказ возвращён на доработку"),
                            ("order.issued", "приказ, который вы готовили, издан"),
                            ("sheet.overdue", "ведомость не закрыта в срок"),
                            ("correction.proposed", "предложено исправление оценки"),
                            ("correction.decided", "решено о предложенном исправлении"),
                            ("reopening.asked", "просят открыть ведомость заново"),
                            ("reopening.decided", "решено о повторном открытии ведомости"),
                            ("reopening.ended", "ведомость, открытая заново, закрыта"),
                            ("mark.corrected", "оценка исправлена"),
                            ("debt.arose", "появилась академическая задолженность"),
                            ("study_plan.set", "утверждён индивидуальный учебный план"),
                            ("award.changed", "внесено или отозвано поощрение"),
                            ("enrolment.moved", "перевод в другую группу"),
                            ("role.given", "вам дана роль"),
                            ("role.ends", "срок роли кончается"),
                            ("password.given", "вам выдан временный пароль"),
                            ("access.refused", "одной учётной записи много раз отказано в доступе"),
                            ("emergency.opened", "открыт экстренный доступ"),
                            ("emergency.reviewed", "ваш экстренный доступ проверен"),
                            ("matrix.proposed", "«Матрица доступа» ждёт утверждения"),
                            ("matrix.decided", "решено о «Матрице доступа»"),
                            ("doubles.found", "найдены похожие карточки"),
                        ],
                        max_length=40,
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="о чём")),
                ("url", models.CharField(max_length=200)),
                ("key", models.CharField(max_length=80)),
                ("at", models.DateTimeField(verbose_name="когда")),
                ("read_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "mail",
                    models.CharField(
                        choices=[
                            ("none", "только здесь"),
                            ("at_once", "здесь и письмом сразу"),
                            ("digest", "здесь и в сводке дня"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "xid",
                    zachetka.ledger.columns.TransactionId(
                        db_default=models.Func(function="pg_current_xact_id"), editable=False
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notices", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="notices.letter",
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-pk"),
                "indexes": [
                    models.Index(fields=["account", "-at"], name="notice_of_somebody"),
                    models.Index(
                        condition=models.Q(("read_at__isnull", True)), fields=["account"], name="notice_unread"
                    ),
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["key"],
                        name="notice_of_open_cause",
                        opclasses=["varchar_pattern_ops"],
                    ),
                    models.Index(
                        condition=models.Q(
                            ("letter__isnull", True),
                            ("read_at__isnull", True),
                            models.Q(("mail", "none"), _negated=True),
                        ),
                        fields=["mail", "account"],
                        name="notice_unmailed",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account", "key"), name="notice_is_told_once"),
                    models.CheckConstraint(
                        condition=models.Q(("closed_at__isnull", True), ("read_at__isnull", False), _connector="OR"),
                        name="notice_closed_is_not_new",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("shown", models.BooleanField(default=True)),
                (
                    "mail",
                    models.CharField(
                        choices=[
                            ("none", "только здесь"),
                            ("at_once", "здесь и письмом сразу"),
                            ("digest", "здесь и в сводке дня"),
                        ],
                        max_length=7,
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("account", "kind"), name="notice_choice_once")],
            },
        ),
        migrations.CreateModel(
            name="DigestHour",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="digest_hour",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("hour", models.PositiveSmallIntegerField(default=9)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("hour__lte", 23)), name="digest_hour_is_an_hour")
                ],
            },
        ),
    ]
