SELECT COUNT(*) FROM inputs WHERE app = ?1;
