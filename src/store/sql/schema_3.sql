-- base_json may leave out what desired_json says too: {"=":"pi",...} has the place of the region and the free-form
-- information there. Older programs do not know that; rows that they wrote are read as before.
SELECT 1;
