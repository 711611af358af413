"""The assembly line: what becomes of a report."""
