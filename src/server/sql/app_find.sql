SELECT n, created_at FROM apps WHERE owner = ?1 AND id = ?2;
