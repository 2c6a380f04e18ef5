UPDATE concepts SET name = ?3, body = ?4 WHERE app = ?1 AND id = ?2;
