SELECT input_id, concepts, status_code, worker_kind, worker_id, region_kind, score FROM annotation WHERE live = 1
