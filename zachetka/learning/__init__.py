"""Orders, cohorts, enrolment, mark sheets, marks and the electronic record book (п. 2.1, 2.2, 2.5)."""
