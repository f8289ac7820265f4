"""People, their names in time, their papers, learners, employees and their service (п. 2.1)."""

import datetime
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import uuid
import zachetka.people.models.person
from django.db import migrations, models

from zachetka.postgres.append_only import AppendOnly


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0002_sign_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("last_name", models.CharField(blank=True, max_length=120, verbose_name="фамилия")),
                ("first_name", models.CharField(max_length=120, verbose_name="имя")),
                ("patronymic", models.CharField(blank=True, max_length=120, verbose_name="отчество")),
                ("name_key", models.CharField(editable=False, max_length=400)),
                ("sort_key", models.CharField(editable=False, max_length=400)),
                (
                    "search",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3), editable=False, size=None
                    ),
                ),
                (
                    "sex",
                    models.CharField(
                        blank=True, choices=[("m", "мужской"), ("f", "женский")], max_length=1, verbose_name="пол"
                    ),
                ),
                ("birth_date", models.DateField(null=True, verbose_name="дата рождения")),
                ("snils", models.CharField(max_length=11, null=True, unique=True, verbose_name="СНИЛС")),
                ("citizenship", models.CharField(blank=True, max_length=3, verbose_name="гражданство, код ОКСМ")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="почта")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="телефон")),
                ("registered_at", models.DateTimeField()),
                ("human_uid", zachetka.people.models.person.HumanField(editable=False, verbose_name="чья карточка")),
                (
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absorbed",
                        to="people.person",
                        verbose_name="объединена с",
                    ),
                ),
            ],
            options={
                "ordering": ("sort_key", "pk"),
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["search"], name="person_search"),
                    models.Index(fields=["sort_key", "id"], name="person_sort"),
                    models.Index(fields=["name_key"], name="person_name"),
                    models.Index(fields=["birth_date"], name="person_born"),
                    models.Index(fields=["human_uid"], name="person_human"),
                    models.Index(
                        condition=models.Q(("email", ""), _negated=True), fields=["email"], name="person_email"
                    ),
                    models.Index(
                        condition=models.Q(("phone", ""), _negated=True), fields=["phone"], name="person_phone"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("snils__isnull", True), ("snils__regex", "^[0-9]{11}$"), _connector="OR"),
                        name="person_snils_is_eleven_digits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first_name", ""), _negated=True), name="person_has_a_first_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("birth_date__isnull", True),
                            ("birth_date__gte", datetime.date(1900, 1, 1)),
                            _connector="OR",
                        ),
                        name="person_birth_date_is_possible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("citizenship", ""), ("citizenship__regex", "^[0-9]{3}$"), _connector="OR"),
                        name="person_citizenship_is_an_oksm_code",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("last_name", models.CharField(blank=True, max_length=120, verbose_name="фамилия")),
                ("first_name", models.CharField(max_length=120, verbose_name="имя")),
                ("patronymic", models.CharField(blank=True, max_length=120, verbose_name="отчество")),
                ("valid_from", models.DateField(verbose_name="действует с")),
                ("basis", models.CharField(blank=True, max_length=200, verbose_name="документ")),
                ("recorded_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="names", to="people.person"
                    ),
                ),
                (
                    "supersedes",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="people.personname",
                    ),
                ),
            ],
            options={
                "ordering": ("valid_from", "pk"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("person", "valid_from"),
                        name="person_has_one_name_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("supersedes__isnull", True), models.Q(("basis", ""), _negated=True), _connector="OR"
                        ),
                        name="person_name_is_corrected_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("first_name", ""), _negated=True), name="person_name_has_a_first_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EducationDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("higher", "высшее образование"),
                            ("secondary_vocational", "среднее профессиональное образование"),
                            ("student", "получает высшее или среднее профессиональное образование"),
                            ("secondary_general", "среднее общее образование"),
                            ("basic_general", "основное общее образование"),
                        ],
                        max_length=24,
                        verbose_name="уровень образования",
                    ),
                ),
                ("series", models.CharField(blank=True, max_length=20, verbose_name="серия")),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="номер")),
                ("surname", models.CharField(blank=True, max_length=120, verbose_name="фамилия в документе")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="дата выдачи")),
                ("organisation", models.CharField(blank=True, max_length=255, verbose_name="кем выдан")),
                ("recorded_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="education", to="people.person"
                    ),
                ),
            ],
            options={
                "ordering": ("recorded_at", "pk"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("number", ""), _negated=True), fields=["number"], name="education_number"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "level", "series", "number"), name="education_document_is_recorded_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Learner",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("registered_at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="learner", to="people.person"
                    ),
                ),
            ],
            options={
                "ordering": ("person__sort_key", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Employee",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.CharField(max_length=120, verbose_name="должность")),
                ("hired_on", models.DateField(verbose_name="принят")),
                ("left_on", models.DateField(blank=True, null=True, verbose_name="уволен")),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="employees", to="access.unit"
                    ),
                ),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="employee", to="people.person"
                    ),
                ),
            ],
            options={
                "ordering": ("person__sort_key", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("hired", "приём"), ("moved", "перевод"), ("dismissed", "увольнение")], max_length=9
                    ),
                ),
                ("position", models.CharField(max_length=120, verbose_name="должность")),
                ("since", models.DateField(verbose_name="с какого дня")),
                ("order_number", models.CharField(blank=True, max_length=40, verbose_name="номер приказа")),
                ("order_date", models.DateField(blank=True, null=True, verbose_name="дата приказа")),
                ("recorded_at", models.DateTimeField()),
                (
                    "employee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="people.employee"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit"),
                ),
            ],
            options={
                "ordering": ("pk",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["hired", "moved", "dismissed"])),
                        name="posting_is_a_step_of_a_service",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind", "hired"),
                            models.Q(models.Q(("order_number", ""), _negated=True), ("order_date__isnull", False)),
                            _connector="OR",
                        ),
                        name="posting_has_an_order",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "hired")),
                        fields=("employee",),
                        name="posting_begins_a_service_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "dismissed")),
                        fields=("employee",),
                        name="posting_ends_a_service_once",
                    ),
                ],
            },
        ),
        AppendOnly("people_personname", writer="zachetka_app"),
        AppendOnly("people_educationdocument", writer="zachetka_app"),
        AppendOnly("people_posting", writer="zachetka_app"),
    ]
