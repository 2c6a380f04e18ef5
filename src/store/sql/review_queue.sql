-- What is derived when a row is written is asked of an index; what only the JSON has (dates, versions of models) is looked
-- at where the question needs it. A damaged row has no dates: it is listed all the same.
SELECT a.lid, a.input_id, a.status_code, a.worker_kind, a.worker_id, a.score, a.concepts, a.x0, a.y0, a.x1, a.y1,
  a.region_kind, a.area,
  CASE WHEN a.worker_kind = 2 AND json_valid(a.desired_json) THEN
    coalesce(json_extract(a.desired_json, '$.worker.model.model_version.id'),
             json_extract(a.desired_json, '$.model_version_id'), '') ELSE '' END AS version,
  CASE WHEN :dated AND json_valid(a.desired_json) THEN
    coalesce(json_extract(a.desired_json, '$.created_at'),
             CASE WHEN json_valid(a.base_json) THEN json_extract(a.base_json, '$.created_at') END, '')
    ELSE '' END AS created
FROM annotation a LEFT JOIN input i ON i.id = a.input_id
WHERE a.live = 1
  AND a.status_code IN (SELECT value FROM json_each(:statuses))
  AND (:concept IS NULL OR instr(a.concepts, :concept) > 0)
  AND (:worker_kind IS NULL OR a.worker_kind = :worker_kind)
  AND (:worker_id IS NULL OR a.worker_id = :worker_id)
  AND (:version IS NULL OR version = :version)
  AND (:input_id IS NULL OR a.input_id = :input_id)
  AND (:name = '' OR instr(lower(coalesce(i.name, a.input_id)), lower(:name)) > 0)
  AND (:score_min IS NULL OR a.score >= :score_min)
  AND (:score_max IS NULL OR a.score <= :score_max)
  AND (:area_min IS NULL OR a.area >= :area_min)
  AND (:area_max IS NULL OR a.area <= :area_max)
  AND (:since = '' OR substr(created, 1, 10) >= :since)
  AND (:until = '' OR (created <> '' AND substr(created, 1, 10) <= :until))
  -- 0 anybody's, 1 mine, 2 not mine, 3 mine and pending: assigned to me
  AND CASE :whose
    WHEN 0 THEN 1
    WHEN 2 THEN NOT (a.worker_kind = 0 OR (a.worker_kind = 1 AND a.worker_id = :me))
    ELSE (a.worker_kind = 0 OR (a.worker_kind = 1 AND a.worker_id = :me)) AND (:whose = 1 OR a.status_code = 24151) END
