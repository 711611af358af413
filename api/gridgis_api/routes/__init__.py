"""The routes, one file a family; each enters the core once."""
