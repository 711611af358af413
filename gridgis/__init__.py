"""Govern a city by grids: each report finds its grid and the nearest able people."""
