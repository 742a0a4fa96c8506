"""One file per family of commands; each exposes ``add_commands(app)``."""
