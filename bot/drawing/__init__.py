"""Charts as pictures. Only the child process that draws imports this: matplotlib takes a second to load."""
