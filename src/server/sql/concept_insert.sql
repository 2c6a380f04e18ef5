INSERT INTO concepts (app, id, name, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (app, id) DO NOTHING;
