SELECT sid FROM annotation WHERE lid = ?1
