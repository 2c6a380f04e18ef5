-- Decisions of this project's people by day: every change of a status in the journal. What was taken back counts against.
SELECT date(j.at_ms / 1000, 'unixepoch') AS day,
  json_extract(c.value, CASE j.kind WHEN 1 THEN '$.before.status' ELSE '$.after.status' END) AS status,
  sum(CASE j.kind WHEN 1 THEN -1 ELSE 1 END)
FROM journal j, json_each(CASE WHEN json_valid(j.changes_json) THEN j.changes_json ELSE '[]' END) c
WHERE json_extract(c.value, '$.before.status') <> json_extract(c.value, '$.after.status')
GROUP BY 1, 2
ORDER BY 1, 2
