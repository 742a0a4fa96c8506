"""The people file: agencies, the rule set that binds each, and their officers."""
