-- Is what a process has in memory the newest: under which marks are responders and areas, and which
-- are the last numbers of positions and of statuses (0: none)?
SELECT
    (SELECT roster.mark FROM roster) AS roster,
    (SELECT territory.mark FROM territory) AS territory,
    (SELECT coalesce(max(position.seq), 0) FROM position) AS positions,
    (SELECT coalesce(max(responder_status.seq), 0) FROM responder_status) AS statuses;
