-- The oldest annotation that holds this region: the one whose geometry a new label on it copies.
SELECT body, crc FROM annotations WHERE app = ?1 AND input_id = ?2 AND region_id = ?3 ORDER BY seq LIMIT 1;
