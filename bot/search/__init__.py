"""Find datasets by their titles and figures in their rows."""
