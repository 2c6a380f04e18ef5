INSERT INTO images (hash, token, media_type) VALUES (?1, ?2, ?3) ON CONFLICT (hash) DO NOTHING;
