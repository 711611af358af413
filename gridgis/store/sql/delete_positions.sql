-- Delete the history of positions before that time; what is left of it after whole months went.
DELETE FROM position_history
WHERE at < CAST(:before AS TIMESTAMPTZ);
