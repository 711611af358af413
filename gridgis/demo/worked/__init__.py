"""How the demo's year of reports was worked off: who did what when, drawn by laws.

The ways a case goes are decided by the workflow itself, once for each (`patterns`); thousands of
cases then go the same way at their own times, with their own people (`rows`).
"""
