-- Drop the months of the history of positions that ended by then: how many were they?
SELECT drop_position_months(CAST(:before AS TIMESTAMPTZ));
