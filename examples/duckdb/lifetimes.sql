-- By the reason for which they ended: how many keys, and after how many days half and nine tenths of them.
SELECT reason, count(*) AS keys, round(quantile_cont(date_diff('hour', createdAt, endsAt) / 24, 0.5), 1) AS median,
  round(quantile_cont(date_diff('hour', createdAt, endsAt) / 24, 0.9), 1) AS p90
FROM 'keys.parquet' WHERE deletedAt IS NOT NULL GROUP BY reason ORDER BY reason;
