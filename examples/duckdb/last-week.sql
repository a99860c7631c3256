-- How often keys authenticated their holders, on each of the last seven days on which any did.
SELECT day, sum(verifications) AS verifications FROM 'usage.ndjson' GROUP BY day ORDER BY day DESC LIMIT 7;
