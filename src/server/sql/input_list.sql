-- ?2: a JSON list of ids or NULL for all.
SELECT i.id, i.media, i.image, g.token, g.media_type, i.created_at, i.modified_at, i.made_from
FROM inputs AS i LEFT JOIN images AS g ON g.hash = i.image
WHERE i.app = ?1 AND (?2 IS NULL OR i.id IN (SELECT value FROM json_each(?2)))
ORDER BY i.seq LIMIT ?3 OFFSET ?4;
