SELECT hash FROM images AS g WHERE NOT EXISTS (SELECT 1 FROM inputs WHERE image = g.hash);
