"""Which grids stand out together with their neighbours, and whether they come or go."""
