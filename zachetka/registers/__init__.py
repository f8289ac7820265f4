"""Register books and gap-free numbers; knows nothing of what it numbers (п. 2.5)."""
