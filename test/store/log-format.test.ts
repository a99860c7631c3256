import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventStoreDBClient } from '@eventstore/db-client';
import { TransparencyProjection } from '../../src/projections/transparency/transparency.js';
import Database from '../../src/shared/sqlite.js';
import { OldFormat } from '../../src/store/event-store.js';
import { openStore } from '../../src/store/open.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { keyledger } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { collect, untilAnswered } from '../support/events.js';
import { describeOwnEsdb, ownServer, stores } from '../support/eventstoredb.js';

const MESSAGE =
  'holds a log of format 1, from before the first release. This Keyledger reads format 2 only. Use an empty store, or the Keyledger that wrote the log.';

/** Contracts that outlive a release: if this root changes, no kept checkpoint verifies any more. */
const ROOT = 'e053f74e9c7a603920f83e5065de12c169145ff9531584fb222bce97a00d97f7';

/** The same, with the changes of keys after them. */
const ROOT_OF_CHANGES = '60c59b445d219f8ce2cb777377ceb41feeeea04b23948d461199f17c69bffc7a';

/** The same, with what operators do after them. */
const OF_OPERATORS = ['AccountFrozen.1', 'KeyDeleted.2', 'AccountThawed.1'];
const ROOT_OF_OPERATORS = 'f5c2119166afd02a3b5f192d792ac6369675548a343f0cac0a0c5dc2a2e23f75';

function sample(name: string) {
  return JSON.parse(readFileSync(new URL(`../../schema/events/${name}.json`, import.meta.url), 'utf8'));
}

describe.each(stores)('a fixed log on %s', (_name, open, it) => {
  it('has the same Merkle root forever', async () => {
    const store = open(temporaryDirectory());
    const stream = `apiKeys-fixed-${randomUUID()}`;
    const changes = ['KeyRenamed.1', 'KeyDisabled.1', 'KeyEnabled.1'];
    const types = ['KeyCreated.1', 'KeyExpirySet.1', 'KeyDeleted.1', ...changes, ...OF_OPERATORS];
    await store.append(stream, 0, types.map(sample));
    const stored = await collect(store.read(stream));
    await store.close();
    const tree = new TransparencyProjection(new Database(':memory:'));
    tree.apply(stored.map((event) => ({ ...event, stream: 'apiKeys-acme' })));
    expect(tree.root(3).toString('hex')).toBe(ROOT);
    expect(tree.root(6).toString('hex')).toBe(ROOT_OF_CHANGES);
    expect(tree.root(9).toString('hex')).toBe(ROOT_OF_OPERATORS);
  });
});

describe('a log of format 1 on SQLite', () => {
  function oldLog(): string {
    const data = temporaryDirectory();
    const log = new Database(join(data, 'events.db'));
    log.exec('CREATE TABLE events (revision INTEGER); PRAGMA application_id = 0x4b6c6467; PRAGMA user_version = 1');
    log.close();
    return data;
  }

  it('is refused at open, and stays as it is', async () => {
    const file = join(oldLog(), 'events.db');
    const before = readFileSync(file);
    expect(() => new SqliteEventStore(file)).toThrow(`${file} ${MESSAGE}`);
    await expect(openStore({ kind: 'sqlite', file })).rejects.toBeInstanceOf(OldFormat);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('is refused by the server in one line', async () => {
    const data = oldLog();
    const { code, stderr, stdout } = await keyledger(['serve'], { KEYLEDGER_DATA: data, PORT: '0' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.replace(/^\{"level":"info",.*\}\n/gm, '')).toBe(`keyledger: ${join(data, 'events.db')} ${MESSAGE}\n`);
  });
});

describeOwnEsdb('a log of format 1 on EventStoreDB', () => {
  it('is refused at open, also where it is found only later', async () => {
    const server = await ownServer();
    const client = EventStoreDBClient.connectionString(server.connectionString);
    const { schemaVersion, metadata, ...event } = sample('KeyCreated.1');
    const old = { ...event, contentType: 'application/json', metadata: { revision: schemaVersion, ...metadata } };
    const location = { kind: 'eventstoredb', connectionString: server.connectionString } as const;
    const early = await openStore(location);
    await client.appendToStream('apiKeys-acme', [old]);
    await expect(untilAnswered(() => collect(early.readAll('apiKeys')))).rejects.toThrow(`EventStoreDB ${MESSAGE}`);
    await early.close();
    // While the server answers too late, it is opened without the check.
    const openUntilRefused = async () => {
      for (;;) await (await openStore(location)).close();
    };
    await expect(openUntilRefused()).rejects.toThrow(`EventStoreDB ${MESSAGE}`);
    await client.dispose();
  });
});
