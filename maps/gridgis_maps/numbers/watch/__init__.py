"""Surveillance: which grid has more reports of a category today than its own past explains."""
