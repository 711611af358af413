"""Risk: where and when the next report may come, and how well a map says so."""
