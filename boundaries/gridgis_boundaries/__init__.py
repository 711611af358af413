"""Boundaries: importing areas, judging an edition by the rules, publishing it."""
