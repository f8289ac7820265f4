"""Rules for one field of a person: each returns the stored form or says how to mend the value (п. 2.1).

snils.py      СНИЛС            names.py      surname, first name, patronymic, full name in one cell
birth.py      date of birth    countries.py  citizenship (ОКСМ)
education.py  level and paper  contacts.py   sex, e-mail, telephone
"""
