-- What lists, filters and counts ask about annotations, without a look at the rows themselves (which are large).
CREATE INDEX annotation_tally ON annotation
  (status_code, concepts, worker_kind, worker_id, input_id, region_kind, score) WHERE live = 1;
