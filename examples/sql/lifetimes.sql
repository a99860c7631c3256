-- sqlite3 -readonly data/analytics.db < lifetimes.sql
SELECT reason, count(*), round(avg(julianday(endsAt) - julianday(createdAt)), 1) AS days
FROM keys WHERE deletedAt IS NOT NULL GROUP BY reason;
