-- Which calendar of each code was written last?
SELECT DISTINCT ON (calendar.code)
    calendar.id,
    calendar.code,
    calendar.document ->> 'text' AS document,
    calendar.recorded_at,
    calendar.actor,
    calendar.role
FROM calendar
ORDER BY calendar.code ASC, calendar.id DESC;
