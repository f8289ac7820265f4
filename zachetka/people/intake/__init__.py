"""Lists of learners as people keep them: from cells to checked rows, without touching the database (п. 2.1).

    columns.py    which column is what                header.py     where the list is, which rows are people
    checking.py   rows → people, problems at cells    comparing.py  rows against each other and against who is known
    refused.py    refused rows → a file that can be corrected

The cells come from `zachetka.intake`, which reads the file. Nothing here imports Django.
"""
