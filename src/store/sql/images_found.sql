SELECT id, name, coalesce(width_px, 0) * coalesce(height_px, 0) FROM input ORDER BY position, row_id
