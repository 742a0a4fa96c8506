"""One page on which a person plays any number of phones against the running service, and lets providers fail."""
