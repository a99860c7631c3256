import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { hashSecret, newKeyMaterial } from '../../../src/domain/keys/secret.js';
import { LivingFile } from '../../../src/projections/engine/living-file.js';
import { KeysProjection } from '../../../src/projections/keys/keys.js';
import { Verification } from '../../../src/projections/keys/verification.js';
import Database from '../../../src/shared/sqlite.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { collect } from '../../support/events.js';
import { record } from '../../support/histories.js';
import { rounds } from '../../support/long.js';
import { created, id, SECOND, START } from '../../support/specification.js';

const KEYS = ['a', 'b'].map((letter) => ({ letter, keyId: id(letter), secret: newKeyMaterial().secret }));

/** Who changes the tables, and how. */
const WAYS = [
  'a statement',
  'a statement that returns rows',
  'a script',
  'a transaction',
  'a transaction that fails',
  'another process',
  'another file',
] as const;

const COLUMNS = [
  'deletedAt = 1',
  'deletedAt = NULL',
  'disabledAt = 1',
  'disabledAt = NULL',
  'quarantined = 1',
  'quarantined = 0',
];
const EXPIRIES = [1, 2, 3].map((seconds) => `expiresAt = ${START + seconds * SECOND}`);
const SCOPES = [`scopes = '["read"]'`, `account = 'another-account'`];

const step = fc.record({
  way: fc.constantFrom(...WAYS),
  set: fc.constantFrom(...COLUMNS, ...EXPIRIES, ...SCOPES),
  keyId: fc.constantFrom(...KEYS.map(({ keyId }) => keyId)),
  /** By how many seconds the clock goes on. */
  seconds: fc.constantFrom(0, 0, 0, 1),
});

/** A file with both keys. */
async function fileWithKeys(): Promise<string> {
  const store = new SqliteEventStore(':memory:');
  await record(
    store,
    'an-account',
    KEYS.map(({ letter, secret }) => created(letter, { secretHash: hashSecret(secret) })),
  );
  const file = join(temporaryDirectory(), 'keys.db');
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  new KeysProjection(database).apply(await collect(store.readAll('apiKeys')));
  database.close();
  return file;
}

it('answers as if it read the key each time, whoever has changed the tables', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12, size: 'max' }), async (steps) => {
      let [file, now] = [await fileWithKeys(), START];
      const open = () => new Database(file);
      const living = new LivingFile(open(), () => {});
      const kept = new Verification(living, () => now);
      for (const { way, set, keyId, seconds } of steps) {
        const sql = `UPDATE keys_5 SET ${set} WHERE keyId = '${keyId}'`;
        const ways: Record<(typeof WAYS)[number], () => void> = {
          'a statement': () => living.prepare(sql).run(),
          'a statement that returns rows': () => living.prepare(`${sql} RETURNING keyId`).get(),
          'a script': () => living.exec(sql),
          'a transaction': () => living.transaction(() => living.prepare(sql).run()).immediate(),
          'a transaction that fails': () => {
            const failing = living.transaction(() => {
              living.prepare(sql).run();
              for (const { keyId, secret } of KEYS) kept.verify(keyId, secret);
              throw new Error('rolled back');
            });
            expect(failing.immediate).toThrow('rolled back');
          },
          'another process': () => void open().exec(sql).close(),
          'another file': () => {
            open().exec('PRAGMA wal_checkpoint(TRUNCATE)').close();
            const next = `${file}-next`;
            copyFileSync(file, next);
            file = next;
            living.exchange(open().exec(sql));
          },
        };
        ways[way]();
        now += seconds * SECOND;
        // Another process's change is seen in the next run of code, one of this process at once.
        if (way === 'another process') await nextTurn();
        const database = open();
        const fresh = new Verification(database, () => now);
        for (const { keyId, secret } of KEYS) {
          expect(kept.verifySecret(secret)).toEqual(fresh.verifySecret(secret));
          for (const other of KEYS) expect(kept.verify(keyId, other.secret)).toEqual(fresh.verify(keyId, other.secret));
        }
        database.close();
      }
      living.close();
    }),
    { numRuns: rounds(100, 500) },
  );
});
