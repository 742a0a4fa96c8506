"""One file per file format that holds tables; each exposes ``FORMAT`` (contract: ``gateway/tables/format.py``)."""
