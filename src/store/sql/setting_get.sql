SELECT value_json FROM setting WHERE key = ?1
