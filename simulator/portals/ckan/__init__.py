"""A portal that runs CKAN, on a port of this machine: see :mod:`simulator.portals.ckan.double`."""

from simulator.portals.ckan.double import open_double

__all__ = ["open_double"]
