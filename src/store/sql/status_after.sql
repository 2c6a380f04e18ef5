SELECT min(status_code) FROM annotation INDEXED BY annotation_tally WHERE live = 1 AND status_code > ?1
