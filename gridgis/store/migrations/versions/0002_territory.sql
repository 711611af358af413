-- Which editions are in force is one state, and it has a mark: memory can ask whether it is the newest.

-- One row. The mark is random, so that it is never the same again: not in a copy of the database, nor
-- after a backup is restored.
CREATE TABLE territory (
    mark UUID NOT NULL,
    CONSTRAINT territory_pkey PRIMARY KEY (mark)
);
INSERT INTO territory (mark) VALUES (gen_random_uuid());

-- Keep every layer as it is until the transaction ends, and say which state that is.
-- The state is read by a statement of its own: it may have changed while the locks were waited for.
CREATE FUNCTION hold_layers() RETURNS UUID
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7203010, layers.id)
    FROM (SELECT layer.id::INTEGER FROM layer ORDER BY layer.id) AS layers;
    RETURN (SELECT mark FROM territory);
END $$;

-- Whoever changes what is in force waits for reports under way, gives the state a new mark, and
-- tells the services at commit.
CREATE FUNCTION mark_territory() RETURNS TRIGGER
LANGUAGE plpgsql AS $$
DECLARE
    new_mark UUID := gen_random_uuid();
BEGIN
    IF TG_TABLE_NAME = 'edition' THEN
        PERFORM pg_advisory_xact_lock(7203010, coalesce(NEW.layer_id, OLD.layer_id)::INTEGER);
    ELSE
        PERFORM pg_advisory_xact_lock(7203010, coalesce(NEW.id, OLD.id)::INTEGER);
    END IF;
    UPDATE territory SET mark = new_mark;
    PERFORM pg_notify('gridgis_territory', new_mark::TEXT);
    RETURN NULL;
END $$;
CREATE TRIGGER edition_added AFTER INSERT ON edition
FOR EACH ROW WHEN (NEW.valid IS NOT NULL) EXECUTE FUNCTION mark_territory();
CREATE TRIGGER edition_changed AFTER UPDATE ON edition
FOR EACH ROW WHEN (OLD.valid IS DISTINCT FROM NEW.valid) EXECUTE FUNCTION mark_territory();
CREATE TRIGGER edition_removed AFTER DELETE ON edition
FOR EACH ROW WHEN (OLD.valid IS NOT NULL) EXECUTE FUNCTION mark_territory();
CREATE TRIGGER layer_changed AFTER INSERT OR UPDATE OR DELETE ON layer
FOR EACH ROW EXECUTE FUNCTION mark_territory();
