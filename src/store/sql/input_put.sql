INSERT INTO input (id, name, width_px, height_px, orientation, source_json, position, state_json, checksum)
VALUES (:id, :name, :width_px, :height_px, :orientation, :source_json, :position, :state_json, :checksum)
ON CONFLICT (id) DO UPDATE SET
  name = excluded.name, width_px = excluded.width_px, height_px = excluded.height_px,
  orientation = excluded.orientation, source_json = excluded.source_json, position = excluded.position,
  state_json = excluded.state_json, checksum = excluded.checksum
