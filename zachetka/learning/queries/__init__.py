"""Reads of learning across several models. One file a question."""
