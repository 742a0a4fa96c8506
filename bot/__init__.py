"""The mind: everything the service means. Complete without a network."""
