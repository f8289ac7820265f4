"""Lists of learners as people keep them: from a file to checked rows, without touching the database (п. 2.1).

    container.py  what may be inside an XLSX file     workbook.py   XLSX → sheets of cells
    delimited.py  CSV → one sheet of cells            reading.py    either, told apart by content; in a limited child
    header.py     where the table is, which column is what
    checking.py   rows → people, problems at cells    refused.py    refused rows → a file that can be corrected

Nothing here imports Django: the whole package runs in a child process with limits.
"""
