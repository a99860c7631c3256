import Database from '../../../src/shared/sqlite.js';
import { callable, importPeer, property } from './peers.js';

/** What SQLite waits for at a commit in WAL mode: for the disk (FULL), or for nothing (NORMAL, the default of better-sqlite3). */
export type Synchronous = 'FULL' | 'NORMAL';

/** The part of better-auth's plugin for API keys that is measured. */
export interface BetterAuth {
  /** Resolves with the key, which is its secret. */
  create(userId: string): Promise<string>;
  isValid(key: string): Promise<boolean>;
  /** Runs the work without waiting for the disk. */
  inHaste(work: () => Promise<void>): Promise<void>;
}

/**
 * Opens better-auth as its documentation says, over our own driver and in WAL mode. Only the limit of its plugin is off, ten requests a day.
 */
export async function openBetterAuth(file: string, synchronous: Synchronous): Promise<BetterAuth> {
  const betterAuth = callable(await importPeer('better-auth'), 'betterAuth');
  const getMigrations = callable(await importPeer('better-auth/db/migration'), 'getMigrations');
  const apiKey = callable(await importPeer('@better-auth/api-key'), 'apiKey');
  const database = new Database(file);
  database.pragma('journal_mode = WAL');
  database.pragma(`synchronous = ${synchronous}`);
  const options = {
    database,
    secret: 'a secret of the benchmark, which guards nothing',
    baseURL: 'http://127.0.0.1',
    telemetry: { enabled: false },
    plugins: [apiKey({ rateLimit: { enabled: false } })],
  };
  await callable(await getMigrations(options), 'runMigrations')();
  const auth = betterAuth(options);
  const api = property(auth, 'api');
  const [createApiKey, verifyApiKey] = [callable(api, 'createApiKey'), callable(api, 'verifyApiKey')];
  return {
    async create(userId) {
      const key = property(await createApiKey({ body: { userId, name: 'bench' } }), 'key');
      if (typeof key !== 'string') throw new Error('better-auth has created no key.');
      return key;
    },
    isValid: async (key) => property(await verifyApiKey({ body: { key } }), 'valid') === true,
    async inHaste(work) {
      database.pragma('synchronous = OFF');
      await work();
      database.pragma(`synchronous = ${synchronous}`);
    },
  };
}
