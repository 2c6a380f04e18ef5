-- What a search looks at; each parameter but the app may be NULL for any. ?10: rows after this seq.
SELECT seq, body, crc FROM annotations
WHERE app = ?1
  AND (?2 IS NULL OR status = ?2)
  AND (?3 IS NULL OR user_id = ?3)
  AND (?4 IS NULL OR model_version_id = ?4)
  AND (?5 IS NULL OR input_id = ?5)
  AND (?6 IS NULL OR id = ?6)
  AND (?7 IS NULL OR task_id = ?7)
  AND (?8 IS NULL OR input_level = ?8)
  AND seq > ?9
ORDER BY seq LIMIT ?10;
