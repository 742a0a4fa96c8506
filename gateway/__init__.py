"""The wire: everything that touches a socket."""
