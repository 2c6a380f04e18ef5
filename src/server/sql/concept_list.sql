SELECT id, name, body FROM concepts WHERE app = ?1 ORDER BY seq LIMIT ?2 OFFSET ?3;
