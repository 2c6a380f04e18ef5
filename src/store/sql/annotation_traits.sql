-- Those of one status from these concepts on, read from the index alone and in its order.
SELECT concepts, input_id, worker_kind, worker_id, region_kind, score
FROM annotation INDEXED BY annotation_tally
WHERE live = 1 AND status_code = ?1 AND concepts >= ?2
ORDER BY concepts
