"""Clocks: by when something must be done, why then, and what happens when it is not."""
