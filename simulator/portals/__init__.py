"""Open-data portals, one package for each kind of software.

Each package exposes ``open_double(case)``, which the contract suite over sources (``tests/contract/test_portals.py``)
opens with the table of its case; what it yields is described there.
"""
