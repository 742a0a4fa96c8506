"""The only SQL in the project: SQLAlchemy Core, async, on SQLite and PostgreSQL alike."""
