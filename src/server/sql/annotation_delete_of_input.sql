DELETE FROM annotations WHERE app = ?1 AND input_id = ?2;
