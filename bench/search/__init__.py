"""Title search beside its peers: one made-up catalogue, the same questions, one process each, one table."""
