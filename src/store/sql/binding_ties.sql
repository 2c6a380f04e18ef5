SELECT count(*) FILTER (WHERE sync_state > 0), count(*) FILTER (WHERE view <> 0) FROM annotation
