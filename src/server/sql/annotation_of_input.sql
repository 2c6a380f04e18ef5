SELECT id, user_id FROM annotations WHERE app = ?1 AND input_id = ?2 AND input_level = 0;
