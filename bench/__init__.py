"""Benchmarks: ``python -m bench`` prints one table of figures, ratios and bars. Nothing here is part of the service."""
