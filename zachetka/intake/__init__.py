"""Tables as people keep them: from a file to cells, without touching the database or knowing what is in them (п. 2.4).

    container.py  what may be inside an XLSX file     workbook.py   XLSX → sheets of cells
    delimited.py  CSV → one sheet of cells            reading.py    either, told apart by content; in a limited child
    layout.py     where the header of a table is, which rows are no rows of it

What the columns mean is said above: `people.intake` for lists of learners, `learning.gradebook` for marks. Nothing
here imports Django: the whole package runs in a child process with limits.
"""
