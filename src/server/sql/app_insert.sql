INSERT INTO apps (owner, id, created_at) VALUES (?1, ?2, ?3) ON CONFLICT (owner, id) DO NOTHING;
