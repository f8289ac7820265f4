"""Paper: Typst forms printed to PDF/A-2a + PDF/UA-1 by a fenced-off child process, and tables for spreadsheets (п. 2.5).

Knows how a sheet looks and nothing of where its contents come from: the caller hands over a filled sheet.
"""
