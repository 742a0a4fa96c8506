"""The parts of downloading tables: what is asked for, what is read, and where rows wait that are too many to hold."""
