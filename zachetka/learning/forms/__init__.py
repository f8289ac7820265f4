"""The shape of what comes in to learning. One file a noun."""
