"""A record book may go on from another, with what is carried (273-ФЗ ст. 57)."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0026_one_person_of_several_cards"),
        ("people", "0010_resemblances"),
        ("programs", "0007_commission_minimum"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Carried",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "ordering": ("enrolment", "module__ordinal", "pk"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="enrolment",
            name="enrolment_ends_by_order",
        ),
        migrations.RemoveConstraint(
            model_name="planline",
            name="plan_line_has_a_term_or_a_paper",
        ),
        migrations.AddField(
            model_name="enrolment",
            name="continues",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="continued_by",
                to="learning.enrolment",
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="target",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="learning.cohort",
                verbose_name="в группу",
            ),
        ),
        migrations.AlterField(
            model_name="enrolment",
            name="state",
            field=models.CharField(
                choices=[
                    ("active", "обучается"),
                    ("admitted", "есть допуск к итоговой аттестации"),
                    ("completed", "обучение завершено"),
                    ("withdrawn", "обучение прекращено"),
                    ("moved", "обучение прекращено переводом"),
                ],
                default="active",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="kind",
            field=models.CharField(
                choices=[
                    ("enrolment", "о зачислении"),
                    ("admission", "о допуске к итоговой аттестации"),
                    ("withdrawal", "об отчислении"),
                    ("study_plan", "об индивидуальном учебном плане"),
                    ("transfer", "о переводе"),
                ],
                max_length=12,
                verbose_name="вид приказа",
            ),
        ),
        migrations.AlterField(
            model_name="planline",
            name="way",
            field=models.CharField(
                choices=[
                    ("apart", "отдельно, в свой срок"),
                    ("credited", "зачтено ранее"),
                    ("needs", "не изучается по образовательным потребностям"),
                    ("carried", "перенесено из прежней зачётной книжки"),
                ],
                max_length=8,
                verbose_name="как осваивается",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["completed", "withdrawn", "moved"]), _negated=True),
                    models.Q(("ended_on__isnull", False), ("withdrawal_order__isnull", False)),
                    _connector="OR",
                ),
                name="enrolment_ends_by_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "transfer"),
                        ("target__isnull", False),
                        models.Q(("target", models.F("cohort")), _negated=True),
                    ),
                    models.Q(models.Q(("kind", "transfer"), _negated=True), ("target__isnull", True)),
                    _connector="OR",
                ),
                name="order_of_transfer_leads_to_another_cohort",
            ),
        ),
        migrations.AddConstraint(
            model_name="planline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("basis", ""), ("held_by__isnull", False), ("way", "apart")),
                    models.Q(
                        ("held_by__isnull", True),
                        ("way__in", ["credited", "needs", "carried"]),
                        models.Q(("basis", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="plan_line_has_a_term_or_a_paper",
            ),
        ),
        migrations.AddField(
            model_name="carried",
            name="enrolment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="carried", to="learning.enrolment"
            ),
        ),
        migrations.AddField(
            model_name="carried",
            name="mark",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="learning.mark"),
        ),
        migrations.AddField(
            model_name="carried",
            name="module",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="programs.module"
            ),
        ),
        migrations.AddField(
            model_name="carried",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="given_on", to="learning.enrolment"
            ),
        ),
        migrations.AddConstraint(
            model_name="carried",
            constraint=models.UniqueConstraint(fields=("enrolment", "module", "source"), name="result_is_carried_once"),
        ),
    ]
