-- 24151, 24157, 24159: somebody has to decide.
SELECT input_id,
  sum(live),
  count(*) FILTER (WHERE live = 1 AND status_code IN (24151, 24157, 24159)),
  count(*) FILTER (WHERE sync_state = 1),
  count(*) FILTER (WHERE sync_state = 2),
  count(*) FILTER (WHERE sync_state = 3),
  count(*) FILTER (WHERE sync_state = 4),
  count(*) FILTER (WHERE sync_state = 5)
FROM annotation GROUP BY input_id
