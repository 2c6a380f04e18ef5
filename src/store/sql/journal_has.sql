SELECT 1 FROM journal WHERE seq = ?1
