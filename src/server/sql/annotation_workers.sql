SELECT body, crc FROM annotations
WHERE seq IN (SELECT MIN(seq) FROM annotations WHERE app = ?1 GROUP BY user_id, model_version_id, workflow_version_id)
ORDER BY seq LIMIT ?2 OFFSET ?3;
