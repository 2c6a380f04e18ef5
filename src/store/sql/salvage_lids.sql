-- From the index alone: the table may be what is damaged.
SELECT row_id, lid FROM annotation INDEXED BY annotation_by_lid
