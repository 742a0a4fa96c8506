"""The Official Account of Zalo: what its channels share."""
