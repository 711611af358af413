-- Which response plan is in force at a time? Of two from the same moment on, the later one.
SELECT response_plan.id
FROM response_plan
WHERE response_plan.in_force_from <= CAST(:at AS TIMESTAMPTZ)
ORDER BY response_plan.in_force_from DESC, response_plan.id DESC
LIMIT 1;
