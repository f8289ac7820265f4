"""Notices: told in the application and by e-mail, in the transaction of their cause; knows nothing of what they are about."""
