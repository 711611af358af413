"""Graded response: who must come to what, how soon, and which unit answers for it."""
