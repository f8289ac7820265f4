"""Pages of learning. One file a noun."""
