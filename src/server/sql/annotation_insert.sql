INSERT INTO annotations (app, input_id, id, user_id, model_version_id, workflow_version_id, task_id, status, input_level,
  region_id, kind, body, crc, made_from)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14);
