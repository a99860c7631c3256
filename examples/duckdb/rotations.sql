-- By month: how many keys were created, how many of them by a rotation, and how many the limit refused.
SELECT strftime(day, '%Y-%m') AS month, sum(created) AS created, sum(rotated) AS rotated, sum(createsRefused) AS refused
FROM 'activity.parquet' WHERE day <= current_date GROUP BY month ORDER BY month;
