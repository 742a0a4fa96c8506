"""The web chat's own page and the stream that brings replies to it."""
