"""People who do not exist: names from lists, valid СНИЛС, papers; all from one random source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from zachetka.people.actions import Particulars, Schooling
from zachetka.people.rules.snils import control_number

SURNAMES = [
    "Абрамов",
    "Андреев",
    "Баранов",
    "Белоусов",
    "Белов",
    "Беляев",
    "Богданов",
    "Васильев",
    "Виноградов",
    "Воробьёв",
    "Гаврилов",
    "Голубев",
    "Горелов",
    "Громов",
    "Денисов",
    "Дроздов",
    "Ёлкин",
    "Ермолаев",
    "Жуков",
    "Зайцев",
    "Захаров",
    "Зимин",
    "Зуев",
    "Иванов",
    "Игнатьев",
    "Ильин",
    "Исаев",
    "Казаков",
    "Киселёв",
    "Климов",
    "Ковалёв",
    "Козлов",
    "Комаров",
    "Королёв",
    "Кузнецов",
    "Кузьмин",
    "Лаптев",
    "Лебедев",
    "Макаров",
    "Медведев",
    "Михайлов",
    "Морозов",
    "Назаров",
    "Никитин",
    "Новиков",
    "Орлов",
    "Осипов",
    "Павлов",
    "Панов",
    "Петров",
    "Поляков",
    "Попов",
    "Рябов",
    "Семёнов",
    "Сидоров",
    "Смирнов",
    "Соколов",
    "Соловьёв",
    "Степанов",
    "Тарасов",
    "Тихонов",
    "Ушаков",
    "Фёдоров",
    "Филиппов",
    "Фролов",
    "Чернов",
    "Щёлоков",
    "Щербаков",
    "Яковлев",
]
MALE = [
    "Александр",
    "Алексей",
    "Андрей",
    "Антон",
    "Артём",
    "Борис",
    "Вадим",
    "Виктор",
    "Владимир",
    "Глеб",
    "Григорий",
    "Даниил",
    "Денис",
    "Дмитрий",
    "Егор",
    "Иван",
    "Игорь",
    "Илья",
    "Кирилл",
    "Константин",
    "Лев",
    "Максим",
    "Матвей",
    "Михаил",
    "Никита",
    "Олег",
    "Павел",
    "Пётр",
    "Роман",
    "Семён",
    "Сергей",
    "Степан",
    "Тимофей",
    "Фёдор",
    "Юрий",
    "Ярослав",
]
FEMALE = [
    "Алёна",
    "Александра",
    "Алина",
    "Алла",
    "Анастасия",
    "Анна",
    "Вера",
    "Виктория",
    "Галина",
    "Дарья",
    "Евгения",
    "Екатерина",
    "Елена",
    "Жанна",
    "Зоя",
    "Инна",
    "Ирина",
    "Кира",
    "Ксения",
    "Лариса",
    "Любовь",
    "Людмила",
    "Маргарита",
    "Марина",
    "Мария",
    "Надежда",
    "Наталья",
    "Нина",
    "Оксана",
    "Ольга",
    "Полина",
    "Светлана",
    "София",
    "Тамара",
    "Татьяна",
    "Юлия",
    "Яна",
]
RARE = (
    ("О’Коннор", "Джеймс", "", "m", "826"),
    ("Алиев", "Рашад", "Вели оглы", "m", "031"),
    ("Гулиева", "Севиндж", "Ахмед кызы", "f", "031"),
    ("Нгуен", "Тхи Ань", "", "f", "704"),
    ("Д’Артаньян-Петрова", "Жанна", "Ивановна", "f", "643"),
    ("Ким", "Ю", "", "f", "643"),
)
PATRONYMICS = {
    "Александр": "Александрович",
    "Алексей": "Алексеевич",
    "Андрей": "Андреевич",
    "Борис": "Борисович",
    "Виктор": "Викторович",
    "Владимир": "Владимирович",
    "Денис": "Денисович",
    "Дмитрий": "Дмитриевич",
    "Егор": "Егорович",
    "Иван": "Иванович",
    "Игорь": "Игоревич",
    "Константин": "Константинович",
    "Максим": "Максимович",
    "Михаил": "Михайлович",
    "Николай": "Николаевич",
    "Олег": "Олегович",
    "Павел": "Павлович",
    "Пётр": "Петрович",
    "Роман": "Романович",
    "Семён": "Семёнович",
    "Сергей": "Сергеевич",
    "Степан": "Степанович",
    "Фёдор": "Фёдорович",
    "Юрий": "Юрьевич",
}
"""The patronymic of a son by the father's name, as dictionaries have it: a rule would miss Михаил, Павел and Юрий."""
FATHERS = list(PATRONYMICS)


@dataclass(slots=True)
class Strangers:
    """An endless source of people, each with a СНИЛС of their own."""

    random: Random
    today: date
    made: int = 0

    def __iter__(self) -> Iterator[Particulars]:
        return self

    def __next__(self) -> Particulars:
        self.made += 1
        if self.made % 197 == 0:
            last, first, patronymic, sex, country = self.random.choice(RARE)
            return self._particulars(last, first, patronymic, sex, country)
        sex = self.random.choice("mf")
        last = self.random.choice(SURNAMES)
        if self.made % 61 == 0:
            last = f"{last}-{self.random.choice(SURNAMES)}"
        if sex == "f":
            last = "-".join(f"{part}а" for part in last.split("-"))
        first = self.random.choice(MALE if sex == "m" else FEMALE)
        country = "643" if self.random.random() < 0.97 else self.random.choice(("112", "398", "051", "417"))
        return self._particulars(last, first, patronymic_of(self.random.choice(FATHERS), sex), sex, country)

    def _particulars(self, last: str, first: str, patronymic: str, sex: str, country: str) -> Particulars:
        age = self.random.randint(19, 61) * 365 + self.random.randint(0, 364)
        born = self.today - timedelta(days=age)
        return Particulars(
            last_name=last,
            first_name=first,
            patronymic=patronymic,
            sex=sex,
            birth_date=born,
            snils=snils_of(self.made),
            citizenship=country,
            email=f"learner{self.made}@example.ru",
            phone=f"+7900{self.random.randint(1_000_000, 9_999_999)}",
            education=(self._schooling(last, born),),
        )

    def _schooling(self, surname: str, born: date) -> Schooling:
        level = self.random.choices(("higher", "secondary_vocational", "student"), (62, 33, 5))[0]
        if level == "student":
            return Schooling(level=level)
        issued = date(born.year + (23 if level == "higher" else 20), 6, self.random.randint(15, 30))
        return Schooling(
            level=level,
            series=f"10{self.random.randint(1000, 9999)}",
            number=f"{self.random.randint(0, 9_999_999):07}",
            surname=surname,
            issued_on=min(issued, self.today - timedelta(days=30)),
        )


def name_of(random: Random) -> tuple[str, str, str, str]:
    """Return a surname, a name, a patronymic and a sex that agree."""
    sex = random.choice("mf")
    last = random.choice(SURNAMES)
    first = random.choice(MALE if sex == "m" else FEMALE)
    return last if sex == "m" else f"{last}а", first, patronymic_of(random.choice(FATHERS), sex), sex


def patronymic_of(father: str, sex: str) -> str:
    """Return the patronymic after `father` («Пётр» → «Петрович», «Петровна»)."""
    son = PATRONYMICS[father]
    return son if sex == "m" else f"{son.removesuffix('ич')}на"


def snils_of(place: int) -> str:
    """Return the `place`-th valid СНИЛС of the demo range, scattered so that neighbours do not look alike."""
    nine = f"{900_000_000 + place * 7_919 % 99_999_989:09}"
    return f"{nine}{control_number(nine)}"
