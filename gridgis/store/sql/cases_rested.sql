-- Which deferred cases have rested up to the day before :today? Parked ones wait for a person.
SELECT casefile.report_id
FROM casefile
WHERE
    casefile.state = 'suspended'
    AND casefile.parked_until IS NULL
    AND CAST(casefile.facts ->> 'rests_until' AS DATE) < CAST(:today AS DATE)
ORDER BY casefile.report_id;
