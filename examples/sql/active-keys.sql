-- sqlite3 -readonly data/analytics.db < active-keys.sql
SELECT count(*) FROM keys
WHERE disabledAt IS NULL AND (endsAt IS NULL OR endsAt > strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));
