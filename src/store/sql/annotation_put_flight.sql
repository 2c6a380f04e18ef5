-- 1, 2: unsent, or of unknown fate; either is true of a write under way.
UPDATE annotation SET
  view = ?2, flight_json = ?3, acked_rev = ?4, verify_after_ms = ?5, hold_json = NULL, echoes_json = ?6, checksum = ?7
WHERE row_id = ?1 AND sync_state IN (1, 2)
