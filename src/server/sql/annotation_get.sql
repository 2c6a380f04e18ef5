SELECT body, crc, user_id, input_level, made_from FROM annotations WHERE app = ?1 AND input_id = ?2 AND id = ?3;
