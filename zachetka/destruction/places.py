"""Where personal data stand in the whole system, and what destruction does with each place: one page (152-ФЗ ст. 21; G13).

Every field that the page of classes calls personal, every key to a stored file and every column named like an address or a
number has a line here; a test reads the models, so a new one fails it until somebody decides. `Fate.EMPTIED` and
`Fate.REMOVED` are what an act names line by line, the rest says why it stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Fate(StrEnum):
    """What becomes of a place."""

    EMPTIED = "emptied"
    """The value goes, the record is committed to anew, the salts of its earlier commitments go with it."""
    REMOVED = "removed"
    """Bytes of a file, or a row nobody commits to, go."""
    STAYS = "stays"
    """Another ground keeps it."""
    PASSES = "passes"
    """It ends by itself within days, or holds no value."""


@dataclass(frozen=True, slots=True)
class Place:
    """A line of the page.

    Attributes:
        fate: what becomes of it.
        why: the ground, or how it goes.
        category: whose withdrawal it follows, as `people.rules.purposes.CATEGORIES`; "" of none.
    """

    fate: Fate
    why: str
    category: str = ""


_RESULTS: Final = "учёт результатов обучения: 273-ФЗ ст. 28 ч. 3 п. 11, ст. 60, 98; 152-ФЗ ст. 1 ч. 2 п. 2"
_SCHOOLING: Final = "допуск к программе по уровню образования: 273-ФЗ ст. 76 ч. 3"
_SAFETY: Final = "защита данных и учёт действий с ними: 152-ФЗ ст. 19 ч. 2 п. 8"
_PROOF: Final = "доказывает, что с данными сделано: 152-ФЗ ст. 9 ч. 3, ст. 20, 21"
_LIST: Final = (
    "в списке есть значение или строка человека с почтой или телефоном — уничтожается весь файл: его строки давно внесены; ждущий "
    "список сначала загружают или отменяют"
)
_DAYS: Final = "файл задания живёт несколько дней (ZACHETKA_RESULT_DAYS) и не содержит ни почты, ни телефона"
_UPLOAD: Final = "о файле, не о человеке: кто, когда и сколько строк внёс"

PLACES: Final[dict[str, Place]] = {
    "people.person.email": Place(Fate.EMPTIED, "нет иного основания", "email"),
    "people.person.phone": Place(Fate.EMPTIED, "нет иного основания", "phone"),
    "access.account.email": Place(Fate.EMPTIED, "адрес для писем системы — те же данные", "email"),
    "account.emailaddress.email": Place(Fate.REMOVED, "средство входа хранит адрес отдельно", "email"),
    "account.emailaddress.user": Place(Fate.PASSES, "ключ строки, которая уходит вместе с адресом"),
    "notices.digesthour.account": Place(Fate.PASSES, "час сводки; адреса нет"),
    "notices.letter.account": Place(Fate.PASSES, "письмо берёт адрес из учётной записи в минуту отправки и не хранит его"),
    "notices.choice.mail": Place(Fate.PASSES, "как присылать, не куда"),
    "notices.notice.mail": Place(Fate.PASSES, "как присылать, не куда"),
    "people.upload.file": Place(Fate.REMOVED, _LIST),
    "people.upload.refused_file": Place(Fate.REMOVED, _LIST),
    "learning.markupload.file": Place(Fate.REMOVED, _LIST),
    "learning.markupload.refused_file": Place(Fate.REMOVED, _LIST),
    "people.subjectrequest.file": Place(Fate.REMOVED, "ответ человеку содержит всё, что о нём хранилось; он его уже получил"),
    "files.destroyedfile.file": Place(Fate.PASSES, "сказано, что файла нет"),
    "files.unswept.file": Place(Fate.PASSES, "очередь: байты файла уходят, и отметка с ними"),
    "jobs.job.result": Place(Fate.PASSES, _DAYS),
    "jobs.jobpart.sha256": Place(Fate.PASSES, "часть задания уходит, когда оно кончается"),
    "people.person.sex": Place(Fate.STAYS, _RESULTS),
    "people.person.birth_date": Place(Fate.STAYS, _RESULTS),
    "people.person.citizenship": Place(Fate.STAYS, _RESULTS),
    "people.person.snils": Place(Fate.STAYS, _RESULTS),
    "people.personname.basis": Place(Fate.STAYS, _RESULTS),
    "people.educationdocument.series": Place(Fate.STAYS, _SCHOOLING),
    "people.educationdocument.number": Place(Fate.STAYS, _SCHOOLING),
    "people.educationdocument.surname": Place(Fate.STAYS, _SCHOOLING),
    "people.educationdocument.issued_on": Place(Fate.STAYS, _SCHOOLING),
    "people.educationdocument.organisation": Place(Fate.STAYS, _SCHOOLING),
    "people.educationdocument.recorded_at": Place(Fate.STAYS, _SCHOOLING),
    "people.subjectrequest.document": Place(Fate.STAYS, _PROOF),
    "learning.enrolment.education": Place(Fate.STAYS, _SCHOOLING),
    **{f"learning.excuse.{name}": Place(Fate.STAYS, f"{_RESULTS}; 273-ФЗ ст. 58") for name in (
        "kind", "first_day", "last_day", "basis", "cancels", "recorded_by", "recorded_by_person", "recorded_at")},
    "destruction.act.content": Place(Fate.STAYS, _PROOF),
    "access.account.password": Place(Fate.STAYS, _SAFETY),
    "access.outsideidentity.subject": Place(Fate.STAYS, _SAFETY),
    "access.recoverycode.digest": Place(Fate.STAYS, _SAFETY),
    **{f"access.secondfactor.{name}": Place(Fate.STAYS, _SAFETY) for name in ("name", "secret", "credential_id", "credential")},
    **{f"access.session.{name}": Place(Fate.PASSES, "до конца сеанса") for name in ("device", "session_key", "session_data")},
    "ledger.opening.event": Place(Fate.REMOVED, "соли записей, которые опустели, уходят вместе со значениями"),
    "ledger.opening.salt": Place(Fate.REMOVED, "соли записей, которые опустели, уходят вместе со значениями"),
    **{f"people.upload.{name}": Place(Fate.STAYS, _UPLOAD) for name in (
        "id", "key", "sha256", "state", "corrections", "uploaded_by", "uploaded_at", "ended_by", "ended_at", "people", "new",
        "known", "refused")},
    **{f"learning.markupload.{name}": Place(Fate.STAYS, _UPLOAD) for name in (
        "id", "key", "cohort", "sheet", "sha256", "state", "corrections", "uploaded_by", "uploaded_at", "ended_by", "ended_at",
        "marks", "new", "replaced", "same", "refused")},
}  # fmt: skip
"""«room.model.field» → its fate."""
