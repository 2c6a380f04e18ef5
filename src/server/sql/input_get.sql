SELECT i.id, i.media, i.image, g.token, g.media_type, i.created_at, i.modified_at, i.made_from
FROM inputs AS i LEFT JOIN images AS g ON g.hash = i.image WHERE i.app = ?1 AND i.id = ?2;
