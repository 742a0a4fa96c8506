"""What the portal ``pxweb`` reads: the folders of a PX-Web, its tables, and their cells by query."""
