SELECT id, name, width_px, height_px, orientation, source_json, position, state_json, checksum, row_id
FROM input WHERE id = ?1
