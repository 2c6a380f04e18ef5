SELECT id, name, width_px, height_px, orientation, source_json, position, state_json, checksum, row_id
FROM input
WHERE :text = '' OR instr(lower(name), lower(:text)) > 0 OR instr(lower(id), lower(:text)) > 0
ORDER BY position, row_id
LIMIT :limit OFFSET :offset
