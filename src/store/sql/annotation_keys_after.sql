-- Read from an index alone.
SELECT input_id, sid FROM annotation WHERE (input_id, sid) > (?1, ?2) ORDER BY input_id, sid LIMIT ?3
