SELECT body, crc FROM annotations WHERE app = ?1 AND input_id = ?2 AND input_level = 1 ORDER BY seq LIMIT 1;
