DELETE FROM concept WHERE id = ?1
