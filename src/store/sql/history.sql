SELECT seq, at_ms, kind, of_seq, title, input_id, changes_json, checksum
FROM journal WHERE seq < ?1 ORDER BY seq DESC LIMIT ?2
