INSERT INTO deleted (app, input_id, id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING;
