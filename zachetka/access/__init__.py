"""Who may do what, and on which paper it rests (п. 3.8): accounts, roles by order, the policy page and its guard."""
