"""The look-up against judged questions, and beside its peers."""
