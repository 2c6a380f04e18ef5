INSERT INTO annotation (
  lid, sid, input_id, desired_json, rev, base_json, view, flight_json, acked_rev, verify_after_ms,
  hold_json, echoes_json, checksum,
  sync_state, live, status_code, worker_kind, worker_id, score, concepts, region_kind, x0, y0, x1, y1, area)
VALUES (
  ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
  ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)
ON CONFLICT (lid) DO UPDATE SET
  sid = excluded.sid, input_id = excluded.input_id, desired_json = excluded.desired_json, rev = excluded.rev,
  base_json = excluded.base_json, view = excluded.view, flight_json = excluded.flight_json,
  acked_rev = excluded.acked_rev, verify_after_ms = excluded.verify_after_ms, hold_json = excluded.hold_json,
  echoes_json = excluded.echoes_json,
  checksum = excluded.checksum, sync_state = excluded.sync_state, live = excluded.live,
  status_code = excluded.status_code, worker_kind = excluded.worker_kind, worker_id = excluded.worker_id,
  score = excluded.score, concepts = excluded.concepts, region_kind = excluded.region_kind,
  x0 = excluded.x0, y0 = excluded.y0, x1 = excluded.x1, y1 = excluded.y1, area = excluded.area
