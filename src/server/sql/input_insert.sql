INSERT INTO inputs (app, id, media, url, image, made_from, created_at, modified_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7);
