"""Annexes of catalogue decisions: how their columns and rows are understood, and how they come into the store."""
