"""One file per kind of catalogue source; each exposes ``PORTAL`` (contract: ``gateway/portal.py``)."""
