"""The embedded PostgreSQL server, the roles of the database, append-only tables and the start-up self-check."""
