"""The steps of a sync: what is read, loaded, compared, guarded and written."""
