"""``tracuu calendar replace``: take over the announced days of a year, and say first which deadlines move."""
