INSERT INTO concept (id, name, color_rgb, position, hotkey, hidden, last_used_seq)
VALUES (:id, :name, :color_rgb, :position, :hotkey, :hidden, :last_used_seq)
ON CONFLICT (id) DO UPDATE SET
  name = excluded.name, color_rgb = excluded.color_rgb, position = excluded.position, hotkey = excluded.hotkey,
  hidden = excluded.hidden, last_used_seq = excluded.last_used_seq
