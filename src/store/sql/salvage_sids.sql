-- From the index alone: the table may be what is damaged.
SELECT row_id, sid, input_id FROM annotation INDEXED BY annotation_by_sid
