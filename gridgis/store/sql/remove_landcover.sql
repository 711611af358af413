-- Take out water and greens of a source and of a kind (null: any): how many were there?
WITH gone AS (
    DELETE FROM landcover
    WHERE
        (CAST(:source AS TEXT) IS NULL OR landcover.source = CAST(:source AS TEXT))
        AND (CAST(:kind AS TEXT) IS NULL OR landcover.kind = CAST(:kind AS TEXT))
    RETURNING landcover.id
)

SELECT count(*) AS areas FROM gone;
