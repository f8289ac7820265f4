"""The one mechanism of lists: sort, filter, search, pages, export — by a table of columns and nothing else (п. 2.4, 3.8).

A room declares a `Table` once, gives it a queryset that `visible_to` has already narrowed, and gets a `Page` that
`web/_components/table.html` draws. A name that is not in the table — in `?sort=`, in a filter, anywhere in the address — is
400, so the address can never reach a column the page does not show (security.md E4–E6). Two queries a page, whatever it holds.
"""

from zachetka.rendering.tables.columns import Column, Empty, Filter
from zachetka.rendering.tables.page import Page
from zachetka.rendering.tables.table import DEFAULT_SIZE, Table

__all__ = ["DEFAULT_SIZE", "Column", "Empty", "Filter", "Page", "Table"]
