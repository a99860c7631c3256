-- The records of uses and refusals as they are stored, by type.
SELECT type, count(*) AS records FROM 'records.ndjson' GROUP BY type ORDER BY type;
