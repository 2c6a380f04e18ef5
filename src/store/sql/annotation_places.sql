SELECT lid, input_id, region_kind, concepts, x0, y0, x1, y1, area FROM annotation WHERE live = 1
