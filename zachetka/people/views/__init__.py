"""Pages of people, employees, accounts and roles."""
