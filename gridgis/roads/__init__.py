"""Roads: from a file of lines to edges, and from edges to a network that is searched."""
