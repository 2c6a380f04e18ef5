SELECT count(*) FROM annotation WHERE input_id = ?1 AND sync_state > 0
