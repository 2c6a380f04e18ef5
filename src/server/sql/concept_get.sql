SELECT id, name, body FROM concepts WHERE app = ?1 AND id = ?2;
