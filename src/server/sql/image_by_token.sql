SELECT hash, media_type FROM images WHERE token = ?1;
