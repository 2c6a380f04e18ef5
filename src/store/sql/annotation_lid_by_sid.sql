SELECT lid FROM annotation WHERE input_id = ?1 AND sid = ?2
