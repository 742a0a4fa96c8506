"""One file per channel; each exposes ``CHANNEL`` (contract: ``gateway/channel.py``)."""
