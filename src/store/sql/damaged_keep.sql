INSERT INTO damaged_row (at_seq, lid, row_json)
SELECT ?1, ?2, json_array(
  row_id, quote(lid), quote(sid), quote(input_id), quote(desired_json), quote(rev), quote(base_json), quote(view),
  quote(flight_json), quote(acked_rev), quote(verify_after_ms), quote(hold_json), quote(echoes_json), quote(checksum))
FROM annotation WHERE lid = ?2
