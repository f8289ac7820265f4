"""Help: the guide of `docs/guide` in the application, and the section that is about the page where one stands (п. 2.4)."""
