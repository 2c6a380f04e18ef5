-- From the index annotation_tally alone.
SELECT status_code, concepts, worker_kind, worker_id, count(*)
FROM annotation INDEXED BY annotation_tally WHERE live = 1
GROUP BY status_code, concepts, worker_kind, worker_id
