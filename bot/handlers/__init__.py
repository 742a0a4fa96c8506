"""One file per topic a person can talk about; each exposes ``HANDLER`` (contract: ``bot/handler.py``)."""
