SELECT a.lid, a.input_id, a.status_code, a.worker_kind, a.worker_id, a.score, a.concepts, a.x0, a.y0, a.x1, a.y1
FROM annotation a LEFT JOIN input i ON i.id = a.input_id
WHERE a.live = 1
  AND a.status_code IN (SELECT value FROM json_each(:statuses))
  AND (:concept IS NULL OR instr(a.concepts, :concept) > 0)
  AND (:worker_kind IS NULL OR a.worker_kind = :worker_kind)
  AND (:worker_id IS NULL OR a.worker_id = :worker_id)
  AND (:input_id IS NULL OR a.input_id = :input_id)
  AND (:score_min IS NULL OR a.score >= :score_min)
  AND (:score_max IS NULL OR a.score <= :score_max)
ORDER BY i.position IS NULL, i.position, i.row_id, a.score DESC NULLS LAST, a.row_id
