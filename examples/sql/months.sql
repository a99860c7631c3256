-- sqlite3 -readonly data/analytics.db < months.sql
SELECT strftime('%Y-%m', day) AS month, sum(created), sum(rotated), sum(createsRefused)
FROM activity WHERE day <= date('now') GROUP BY month;
