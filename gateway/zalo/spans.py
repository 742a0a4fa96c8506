"""How long after somebody last turned to an Official Account free words may be sent to them."""

from datetime import timedelta

FREE = timedelta(hours=48)
OPEN = timedelta(days=7)
MARGIN = timedelta(minutes=2)
"""Zalo's clock and ours differ, and a message is on its way for a while: a window ends this much earlier for us."""
