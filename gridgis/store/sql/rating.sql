-- What was the resident asked about a report in this round, and what did they answer? Whoever is
-- about to answer keeps others from answering the same until the transaction ends.
-- Of a report in an archived month, the case says what is known.
SELECT
    rating.asked_at,
    rating.expires_at,
    rating.answered_at,
    rating.contacted,
    rating.solved,
    rating.satisfaction,
    rating.words,
    rating.returned,
    casefile.captured_at,
    category.name AS category_name,
    category.name_en AS category_name_en,
    report.number,
    (
        SELECT max(other.round)
        FROM rating AS other
        WHERE other.report_id = rating.report_id
    ) AS newest_round
FROM rating
INNER JOIN casefile ON rating.report_id = casefile.report_id
LEFT JOIN category ON casefile.category = category.code
LEFT JOIN report
    ON casefile.report_id = report.id AND casefile.captured_at = report.captured_at
WHERE
    rating.report_id = CAST(:report_id AS UUID)
    AND rating.round = CAST(:round AS SMALLINT)
FOR UPDATE OF rating;
