"""Providers as real HTTP servers that obey and enforce the providers' rules."""
