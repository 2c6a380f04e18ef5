INSERT INTO journal (seq, at_ms, kind, of_seq, title, input_id, changes_json, checksum)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
