"""A portal that publishes DCAT, as docs/portals-dcat.md says."""

from simulator.portals.dcat.double import open_double

__all__ = ["open_double"]
