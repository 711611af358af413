-- Places that are found by words. gridgis/store/tables says the same in Python, and a test compares.

ALTER TABLE place
ADD COLUMN former_names TEXT [] NOT NULL DEFAULT '{}',
ADD COLUMN parts JSONB NOT NULL DEFAULT '{}';

-- How often a place was the answer. Beside the place: counting is no change of it.
CREATE TABLE place_use (
    place_id BIGINT NOT NULL,
    times BIGINT NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT place_use_pkey PRIMARY KEY (place_id),
    CONSTRAINT place_use_place_id_fkey
    FOREIGN KEY (place_id) REFERENCES place (id) ON DELETE CASCADE
);

-- All places are one state, and it has a mark, as the territory has. One row; the mark is random, so
-- that it is never the same again.
CREATE TABLE gazetteer (
    mark UUID NOT NULL,
    CONSTRAINT gazetteer_pkey PRIMARY KEY (mark)
);
INSERT INTO gazetteer (mark) VALUES (gen_random_uuid());

-- Whoever changes places gives the state a new mark, and tells the services at commit. Once for a
-- statement, however many rows it changes; a statement that changes none leaves the mark.
CREATE FUNCTION mark_gazetteer() RETURNS TRIGGER
LANGUAGE plpgsql AS $$
DECLARE
    new_mark UUID := gen_random_uuid();
BEGIN
    -- Only a truncation has no rows to look at.
    IF TG_OP <> 'TRUNCATE' THEN
        IF NOT EXISTS (SELECT FROM changed) THEN
            RETURN NULL;
        END IF;
    END IF;
    UPDATE gazetteer SET mark = new_mark;
    PERFORM pg_notify('gridgis_gazetteer', new_mark::TEXT);
    RETURN NULL;
END $$;
CREATE TRIGGER place_added AFTER INSERT ON place
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_gazetteer();
CREATE TRIGGER place_changed AFTER UPDATE ON place
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_gazetteer();
CREATE TRIGGER place_removed AFTER DELETE ON place
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_gazetteer();
CREATE TRIGGER place_emptied AFTER TRUNCATE ON place
FOR EACH STATEMENT EXECUTE FUNCTION mark_gazetteer();

-- How a report's location was found; null: it was given with the report.
ALTER TABLE report ADD COLUMN located JSONB;
ALTER TABLE archived_report ADD COLUMN located JSONB;
