"""Postgres: the connection, the schema, the tables, and the embedded server."""
