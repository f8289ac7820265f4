"""Every write about programmes, norms and scales: one file a noun."""
