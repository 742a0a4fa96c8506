"""What the authority reports: one file for each, all from the same figures."""
