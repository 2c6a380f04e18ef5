DELETE FROM annotation WHERE lid = ?1 AND rev = ?2 AND live = 0
