SELECT row_id, lid, sid, input_id, desired_json, rev, base_json, view, flight_json, acked_rev, verify_after_ms,
  hold_json, echoes_json, checksum
FROM annotation ORDER BY row_id
