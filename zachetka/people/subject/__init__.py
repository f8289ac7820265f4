"""The answer to «что обо мне хранится»: found by the models themselves, nothing listed by hand (152-ФЗ ст. 14, 20).

ways.py      how a kind of record leads to a person     grounds.py  on what ground each kind is kept
holdings.py  what is kept of one person                 seen.py     who looked, where it went
answer.py    the whole answer, as data and as paper     package.py  the file it is handed out as
"""
