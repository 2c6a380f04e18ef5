-- The annotations named by the JSON lists of input ids ?2 and ids ?3, matched by position, whoever made them.
SELECT body, crc FROM annotations
WHERE app = ?1 AND seq IN (
  SELECT a.seq FROM json_each(?2) AS i
  JOIN json_each(?3) AS k ON k.key = i.key
  JOIN annotations AS a ON a.app = ?1 AND a.input_id = i.value AND a.id = k.value)
ORDER BY seq LIMIT ?4 OFFSET ?5;
