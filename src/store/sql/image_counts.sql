-- 24151, 24157, 24159: somebody has to decide. Read from an index alone.
SELECT input_id,
  sum(live),
  count(*) FILTER (WHERE live = 1 AND status_code IN (24151, 24157, 24159)),
  count(*) FILTER (WHERE sync_state IN (1, 2, 3)),
  count(*) FILTER (WHERE sync_state = 4),
  count(*) FILTER (WHERE sync_state = 5),
  max(row_id) FILTER (WHERE live = 1)
FROM annotation GROUP BY input_id
