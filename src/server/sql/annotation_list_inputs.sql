-- As annotation_list, of the inputs in the JSON list ?9.
SELECT body, crc FROM annotations
WHERE app = ?1
  AND input_id IN (SELECT value FROM json_each(?9))
  AND (?2 = 1 OR user_id IS NOT NULL)
  AND ((?3 IS NULL AND ?4 IS NULL AND ?5 IS NULL)
    OR user_id IN (SELECT value FROM json_each(?3))
    OR model_version_id IN (SELECT value FROM json_each(?4))
    OR workflow_version_id IN (SELECT value FROM json_each(?5)))
  AND (?6 IS NULL OR task_id = ?6)
ORDER BY seq LIMIT ?7 OFFSET ?8;
