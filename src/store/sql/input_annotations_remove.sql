DELETE FROM annotation WHERE input_id = ?1
