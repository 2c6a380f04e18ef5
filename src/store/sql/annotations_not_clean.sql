-- By the plus no order of an index is asked for: for that of the rows all of them would be read to find the few.
SELECT row_id, lid, sid, input_id, desired_json, rev, base_json, view, flight_json, acked_rev, verify_after_ms,
  hold_json, echoes_json, checksum
FROM annotation WHERE sync_state > 0 ORDER BY +row_id
