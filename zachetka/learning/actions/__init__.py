"""Every write of learning: cohorts, orders, sheets, marks, corrections. One file a noun."""
