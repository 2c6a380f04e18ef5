SELECT 1 FROM inputs WHERE app = ?1 AND id = ?2;
