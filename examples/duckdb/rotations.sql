-- By month: how many keys were created, how many of them by a rotation, and how many the limit refused.
SELECT strftime(day, '%Y-%m') AS month, sum(created) AS created, sum(rotated) AS rotated, sum(createsRefused) AS refused
FROM 'activity.parquet' WHERE day <= (now() AT TIME ZONE 'UTC')::DATE GROUP BY month ORDER BY month;
