-- Read from the index alone and in its order, from behind a status and its concepts on.
SELECT status_code, concepts, input_id, worker_kind, worker_id, region_kind, score
FROM annotation INDEXED BY annotation_tally
WHERE live = 1 AND (status_code, concepts) > (?1, ?2)
ORDER BY status_code, concepts
