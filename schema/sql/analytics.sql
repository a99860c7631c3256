-- What `analytics.db` in the data directory shows to analysts. These are views; open the file read-only, beside a running server too:
--
--     sqlite3 -readonly data/analytics.db
--
-- Names and meanings of what stands here stay. The tables behind the views, whose names end in a number, are rebuilt in another
-- shape whenever a version needs one. Accounts and keys stand under pseudonyms (32 hexadecimal digits: HMAC-SHA-256 under
-- KEYLEDGER_PSEUDONYM_KEY), the same in every view and in the GraphQL API. Times are RFC 3339 in UTC with milliseconds; days are
-- days in UTC. `export --projection` writes `activity`, `keys` and `usage` with the same columns.

-- By day and account: what happened to its keys. Only days on which something changed have a row; `active` and `atLimit` hold until
-- the account's next one. Days to come tell what expires by then if nothing happens before: `WHERE day <= date('now')` leaves them out.
CREATE TABLE activity (
  day TEXT NOT NULL,
  account TEXT NOT NULL,
  created INTEGER NOT NULL,          -- keys created, those of rotations included
  rotated INTEGER NOT NULL,          -- of these, how many by a rotation
  deletedRequested INTEGER NOT NULL, -- keys deleted because the owner asked for it,
  deletedRotated INTEGER NOT NULL,   -- because a rotation without an overlap replaced them,
  deletedExpired INTEGER NOT NULL,   -- because they had expired and their place was needed,
  deletedLeaked INTEGER NOT NULL,    -- because their secret was reported as leaked
  createsRefused INTEGER NOT NULL,   -- keys that the limit refused
  active INTEGER NOT NULL,           -- keys that authenticate at the day's end
  atLimit INTEGER NOT NULL           -- 1 where they are as many as the account may hold, else 0
);

-- By quarter of an hour, of all accounts together; only those in which something changed. Add up whatever your time zone needs.
CREATE TABLE quarters (
  start TEXT NOT NULL,
  created INTEGER NOT NULL,
  rotated INTEGER NOT NULL,
  deletedRequested INTEGER NOT NULL,
  deletedRotated INTEGER NOT NULL,
  deletedExpired INTEGER NOT NULL,
  deletedLeaked INTEGER NOT NULL,
  createsRefused INTEGER NOT NULL,
  verifications INTEGER NOT NULL,    -- how often keys authenticated their holders
  active INTEGER NOT NULL,           -- keys that authenticate at its end
  atLimit INTEGER NOT NULL           -- accounts at the limit at its end
);

-- Every key that ever was.
CREATE TABLE keys (
  key TEXT NOT NULL,
  account TEXT NOT NULL,
  createdAt TEXT NOT NULL,
  endsAt TEXT,                       -- when it stops, or stopped, to authenticate: its deletion, or its expiry where that comes first
                                     -- (not before createdAt, also where a wrong clock has dated that)
  deletedAt TEXT,
  reason TEXT,                       -- why it was deleted: REQUESTED, ROTATED, EXPIRED, LEAKED
  replaces TEXT,                     -- the key that a rotation made it from
  replacedBy TEXT,                   -- the key that the last rotation made from it
  firstUsedAt TEXT,                  -- when it first authenticated its holder
  lastUsedAt TEXT
);

-- How often each key authenticated its holder, by day.
CREATE TABLE usage (
  day TEXT NOT NULL,
  key TEXT NOT NULL,
  verifications INTEGER NOT NULL
);

-- How far in the log everything above is known: the position of the last event of keys (`activity`), and of the last record of uses
-- and refusals (`activity_usage`).
CREATE TABLE positions (
  projection TEXT NOT NULL,
  position INTEGER NOT NULL
);
