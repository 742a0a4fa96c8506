"""What an operator sees of the profiles."""
