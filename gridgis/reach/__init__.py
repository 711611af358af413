"""Who is within reach: in how many minutes, how well covered, and by which way out of a zone."""
