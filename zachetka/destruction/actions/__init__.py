"""Every write about destruction: one file a noun."""
