SELECT 1 FROM annotation WHERE input_id = ?1 AND sid = ?2 AND view = 3
