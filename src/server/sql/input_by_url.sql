SELECT id FROM inputs WHERE app = ?1 AND url = ?2 LIMIT 1;
