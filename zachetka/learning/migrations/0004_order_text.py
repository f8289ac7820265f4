"""The text of an order as it was issued, and its hash (273-ФЗ ст. 53; п. 2.1)."""

from django.db import migrations, models

TEXT = """
ALTER TABLE learning_order ADD CONSTRAINT order_text_is_what_was_hashed
    CHECK (text = '' AND text_hash = '' OR text_hash = encode(sha256(convert_to(text, 'UTF8')), 'hex'));
ALTER TABLE learning_order ADD CONSTRAINT order_text_is_kept_at_issue
    CHECK ((state = 'approved') = (text_hash <> '')) NOT VALID;
"""

UNTEXT = """
ALTER TABLE learning_order DROP CONSTRAINT order_text_is_kept_at_issue;
ALTER TABLE learning_order DROP CONSTRAINT order_text_is_what_was_hashed;
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0003_verification_token")]

    operations = [
        migrations.AddField(
            "order", "text", models.TextField("текст изданного приказа", blank=True, default=""), preserve_default=False
        ),
        migrations.AddField(
            "order", "text_hash", models.CharField(blank=True, default="", max_length=64), preserve_default=False
        ),
        migrations.RunSQL(TEXT, UNTEXT),
    ]
