"""A change of state as a row in a table, taken in one place."""
