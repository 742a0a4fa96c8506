"""What signed decisions oblige agencies to do, until when, and how each duty stands. Pure."""
