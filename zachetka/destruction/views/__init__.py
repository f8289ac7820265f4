"""Pages of destruction: one file a noun."""
