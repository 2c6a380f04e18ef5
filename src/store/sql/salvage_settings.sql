SELECT key, value_json, row_id
FROM setting WHERE row_id BETWEEN ?1 AND ?2 ORDER BY row_id
