"""Learners and employees: dated names, personal data, education documents; import of lists (п. 2.1, 3.8)."""
