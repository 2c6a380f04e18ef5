-- Counts for the review by status, label and worker, without a look at the rows themselves.
CREATE INDEX annotation_tally ON annotation (status_code, concepts, worker_kind, worker_id) WHERE live = 1;
