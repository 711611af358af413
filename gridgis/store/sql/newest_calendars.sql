-- Which calendar of each code was written last?
SELECT DISTINCT ON (code)
    code,
    document
FROM calendar
ORDER BY code, id DESC;
