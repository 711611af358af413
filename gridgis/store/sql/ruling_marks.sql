-- Which response plan is in force at :at, and which calendar was written last?
SELECT
    (
        SELECT response_plan.id
        FROM response_plan
        WHERE response_plan.in_force_from <= CAST(:at AS TIMESTAMPTZ)
        ORDER BY response_plan.in_force_from DESC, response_plan.id DESC
        LIMIT 1
    ) AS plan_now,
    (SELECT max(calendar.id) FROM calendar) AS calendar_now;
