"""Edits of a plan: the services that draw its lines."""
