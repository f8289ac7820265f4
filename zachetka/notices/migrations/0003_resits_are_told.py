"""What is told of a resit, a sheet handed over and a role suspended (п. 2.4; 273-ФЗ ст. 58)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0002_destruction"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
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
                    ("resit.appointed", "назначена пересдача"),
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
                    ("consent.withdrawn", "отозвано согласие"),
                    ("destruction.waits", "акт об уничтожении ждёт утверждения"),
                    ("destruction.decided", "решено об акте об уничтожении"),
                    ("data.destroyed", "ваш отзыв согласия исполнен"),
                ],
                max_length=40,
            ),
        ),
    ]
