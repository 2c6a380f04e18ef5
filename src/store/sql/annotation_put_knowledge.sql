UPDATE annotation SET
  base_json = ?2, view = ?3, flight_json = ?4, acked_rev = ?5, verify_after_ms = ?6, hold_json = ?7, echoes_json = ?8,
  checksum = ?9, sync_state = ?10
WHERE row_id = ?1
