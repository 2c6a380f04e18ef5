SELECT id, name, color_rgb, position, hotkey, hidden, last_used_seq, row_id
FROM concept WHERE row_id BETWEEN ?1 AND ?2 ORDER BY row_id
