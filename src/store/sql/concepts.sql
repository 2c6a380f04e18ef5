SELECT id, name, color_rgb, position, hotkey, hidden, last_used_seq
FROM concept ORDER BY position, id
