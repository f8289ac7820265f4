from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.AddField("account", "initial_until", models.DateTimeField(blank=True, null=True)),
    ]
