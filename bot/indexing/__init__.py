"""Index files: built from the store outside the answering process, named by their content, mapped by whoever asks."""
