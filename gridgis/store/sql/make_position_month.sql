-- Make the partition of positions of the month that begins on :month; true when it was missing.
SELECT make_position_month(CAST(:month AS DATE));
