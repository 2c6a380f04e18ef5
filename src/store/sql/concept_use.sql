SELECT concepts, count(*) FROM annotation WHERE live = 1 AND concepts <> '' GROUP BY concepts
