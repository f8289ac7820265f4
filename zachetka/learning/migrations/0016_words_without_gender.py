"""Words of states need no gender (п. 2.5)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0015_law_of_resits"),
    ]

    operations = [
        migrations.AlterField(
            model_name="enrolment",
            name="state",
            field=models.CharField(
                choices=[
                    ("active", "обучается"),
                    ("admitted", "есть допуск к итоговой аттестации"),
                    ("completed", "обучение завершено"),
                    ("withdrawn", "обучение прекращено"),
                ],
                default="active",
                max_length=10,
            ),
        ),
    ]
