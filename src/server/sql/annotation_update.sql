UPDATE annotations SET task_id = ?4, status = ?5, region_id = ?6, kind = ?7, body = ?8, crc = ?9
WHERE app = ?1 AND input_id = ?2 AND id = ?3;
