UPDATE inputs SET media = ?3, modified_at = ?4 WHERE app = ?1 AND id = ?2;
