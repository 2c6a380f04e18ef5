SELECT key, value, row_id
FROM meta WHERE row_id BETWEEN ?1 AND ?2 ORDER BY row_id
