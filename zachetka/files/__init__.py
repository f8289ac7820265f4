"""Files by their content: written whole or not at all, found by SHA-256, checked at each read (п. 3.6)."""
