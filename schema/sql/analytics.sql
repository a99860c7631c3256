-- The views of `analytics.db` in the data directory. Analysts read the file read-only, beside a running server too:
--
--     sqlite3 -readonly data/analytics.db
--
-- The names and the meanings of these views and columns stay. The tables behind them, whose names end in a number, may change in
-- every version.
--
-- Accounts and keys are pseudonyms: 32 hexadecimal digits, HMAC-SHA-256 under KEYLEDGER_PSEUDONYM_KEY. They are the same in every
-- view and in the GraphQL API. Times are RFC 3339 in UTC with milliseconds. Days are days in UTC. `export --projection` writes
-- `activity`, `keys` and `usage` with the same columns.

-- What happened to an account's keys on a day. Only days on which something changed have a row; `active` and `atLimit` hold until the
-- account's next row. Days in the future show which keys will have expired by then: `WHERE day <= date('now')` leaves them out.
CREATE TABLE activity (
  day TEXT NOT NULL,                 -- the day, in UTC: 2026-11-23
  account TEXT NOT NULL,             -- the pseudonym of the account
  created INTEGER NOT NULL,          -- keys created, those of rotations included
  rotated INTEGER NOT NULL,          -- keys created by a rotation
  deletedRequested INTEGER NOT NULL, -- keys deleted because the owner asked for it
  deletedRotated INTEGER NOT NULL,   -- keys deleted because a rotation without an overlap replaced them
  deletedExpired INTEGER NOT NULL,   -- keys deleted because they had expired and their slot was needed
  deletedLeaked INTEGER NOT NULL,    -- keys deleted because their secret was reported as leaked
  deletedRevoked INTEGER NOT NULL,   -- keys deleted by an operator
  disabled INTEGER NOT NULL,         -- how often a key was disabled
  enabled INTEGER NOT NULL,          -- how often a disabled key was enabled
  createsRefused INTEGER NOT NULL,   -- creates and rotations that the limit refused
  active INTEGER NOT NULL,           -- keys that authenticate at the end of the day
  atLimit INTEGER NOT NULL           -- 1 if the account holds as many keys as it may at the end of the day, disabled ones included, else 0
);

-- What happened in a quarter of an hour, for all accounts together. Only quarters in which something changed have a row. Add up the
-- quarters of a day in your time zone.
CREATE TABLE quarters (
  start TEXT NOT NULL,               -- when the quarter of an hour begins
  created INTEGER NOT NULL,          -- keys created, those of rotations included
  rotated INTEGER NOT NULL,          -- keys created by a rotation
  deletedRequested INTEGER NOT NULL, -- keys deleted because the owner asked for it
  deletedRotated INTEGER NOT NULL,   -- keys deleted because a rotation without an overlap replaced them
  deletedExpired INTEGER NOT NULL,   -- keys deleted because they had expired and their slot was needed
  deletedLeaked INTEGER NOT NULL,    -- keys deleted because their secret was reported as leaked
  deletedRevoked INTEGER NOT NULL,   -- keys deleted by an operator
  disabled INTEGER NOT NULL,         -- how often a key was disabled
  enabled INTEGER NOT NULL,          -- how often a disabled key was enabled
  createsRefused INTEGER NOT NULL,   -- creates and rotations that the limit refused
  verifications INTEGER NOT NULL,    -- how often keys authenticated their holders
  active INTEGER NOT NULL,           -- keys that authenticate at its end
  atLimit INTEGER NOT NULL           -- accounts that hold as many keys as they may at its end, disabled ones included
);

-- Every key that was ever created.
CREATE TABLE keys (
  key TEXT NOT NULL,                 -- the pseudonym of the key
  account TEXT NOT NULL,             -- the pseudonym of its account
  createdAt TEXT NOT NULL,           -- when it was created
  endsAt TEXT,                       -- when it stops authenticating: at its deletion, or at its expiry if that comes first; never before
                                     -- createdAt; NULL if it never expires and was not deleted
  deletedAt TEXT,                    -- when it was deleted; NULL if it was not
  disabledAt TEXT,                   -- since when it is disabled; NULL if it is not, or was deleted
  reason TEXT,                       -- why it was deleted: REQUESTED, ROTATED, EXPIRED, LEAKED or REVOKED; NULL if it was not
  replaces TEXT,                     -- the key that it replaces; NULL if it came from no rotation
  replacedBy TEXT,                   -- the key that the last rotation made from it; NULL if there is none
  firstUsedAt TEXT,                  -- when it first authenticated its holder; NULL if it never did
  lastUsedAt TEXT                    -- when it last authenticated its holder; NULL if it never did
);

-- How often a key authenticated its holder on a day. Days without a use have no row.
CREATE TABLE usage (
  day TEXT NOT NULL,                 -- the day, in UTC: 2026-11-23
  key TEXT NOT NULL,                 -- the pseudonym of the key
  verifications INTEGER NOT NULL     -- how often
);

-- How far the views have read the log. What happened later is not in them yet.
CREATE TABLE positions (
  projection TEXT NOT NULL,          -- `activity`: the events of keys; `activity_usage`: the records of uses and refusals
  position INTEGER NOT NULL          -- the position in the log of the last event that is counted
);
