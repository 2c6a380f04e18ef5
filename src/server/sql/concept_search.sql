-- ?2: a LIKE pattern with \ as escape.
SELECT id, name, body FROM concepts WHERE app = ?1 AND (name LIKE ?2 ESCAPE '\' OR id LIKE ?2 ESCAPE '\')
ORDER BY seq LIMIT ?3 OFFSET ?4;
