"""A PX-Web, as docs/portals-pxweb.md says."""

from simulator.portals.pxweb.double import open_double

__all__ = ["open_double"]
