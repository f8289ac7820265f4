"""An act rests on a ground that the system knows (152-ФЗ ст. 21)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("destruction", "0001_acts_and_holds")]

    operations = [
        migrations.AddConstraint(
            model_name="act",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["withdrawal"])), name="act_rests_on_a_known_ground"
            ),
        ),
    ]
