"""Reads of destruction: a case, where data stand, the list of acts."""
