-- What stands behind a long change is read neither: all of it would have to be walked over.
SELECT seq, at_ms, kind, of_seq, title, input_id,
  CASE WHEN octet_length(changes_json) <= ?2 THEN changes_json END,
  CASE WHEN octet_length(changes_json) <= ?2 THEN checksum END,
  octet_length(changes_json)
FROM journal ORDER BY seq DESC LIMIT ?1
