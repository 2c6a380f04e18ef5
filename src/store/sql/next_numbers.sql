SELECT
  (SELECT coalesce(max(seq), 0) + 1 FROM journal),
  (SELECT coalesce(max(position), -1) + 1 FROM input)
