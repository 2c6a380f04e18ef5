SELECT status_code, concepts, worker_kind, worker_id,
  CASE WHEN json_valid(desired_json) THEN substr(
    coalesce(json_extract(desired_json, '$.created_at'),
             CASE WHEN json_valid(base_json) THEN json_extract(base_json, '$.created_at') END, ''), 1, 10)
    ELSE '' END AS day,
  count(*)
FROM annotation WHERE live = 1
GROUP BY 1, 2, 3, 4, 5
