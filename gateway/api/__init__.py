"""The public, read-only API: ``/api/``."""
