DELETE FROM input WHERE id = ?1
