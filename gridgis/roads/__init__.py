"""The road network: from a file of lines to edges that can be driven, cycled and walked."""
