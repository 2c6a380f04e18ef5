SELECT seq, at_ms, kind, of_seq, title, input_id, changes_json, checksum
FROM journal WHERE seq BETWEEN ?1 AND ?2 ORDER BY seq
