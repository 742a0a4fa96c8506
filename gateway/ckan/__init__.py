"""What a portal that runs CKAN says, and how it is asked: the parts of ``gateway/portals/ckan.py``."""
