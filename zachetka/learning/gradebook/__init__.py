"""Marks as people keep them in tables: from cells to marks with the verdict on each, without a database (п. 2.2–2.4).

    columns.py   which column is what: who, and which marks     layout.py   a sheet → its columns and rows
    amounts.py   a cell → what a teacher would have typed       people.py   a row → the learner of the cohort
    checking.py  the whole file → entries for the sheets        refused.py  refused rows → a file to be corrected

The files come from teachers, from other systems' exports (Moodle's gradebook) and from web services: one way for all.
Whether a mark may stand in its cell is said by `actions.marks`, and by nothing here.
"""
