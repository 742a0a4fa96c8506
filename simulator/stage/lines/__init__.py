"""The lines, one file each."""
