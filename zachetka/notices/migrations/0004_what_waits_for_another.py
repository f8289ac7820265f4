"""Kinds of notices: a sheet passed on, a resit taken back, an emergency access left unreviewed (п. 2.2, 3.8)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0003_resits_are_told"),
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
                    ("sheet.handed_over", "ведомость передана вам или от вас"),
                    ("resit.cancelled", "отменена назначенная пересдача"),
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
                    ("emergency.unreviewed", "экстренный доступ не проверен в срок, роль приостановлена"),
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
