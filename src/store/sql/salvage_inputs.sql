SELECT id, name, width_px, height_px, orientation, source_json, position, state_json, checksum, row_id
FROM input WHERE row_id BETWEEN ?1 AND ?2 ORDER BY row_id
