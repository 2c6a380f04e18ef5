DELETE FROM images WHERE hash = ?1;
