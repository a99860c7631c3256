import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noteEntry } from '../../../src/domain/transparency/note-file.js';
import Database from '../../../src/shared/sqlite.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { describeOwnEsdb, ownServer } from '../../support/eventstoredb.js';
import type { EventStoreDbServer } from '../../support/eventstoredb-server.js';
import { eventsIn, exported, noteFor } from '../../support/exports.js';
import { contentOf, expectSameLog, isSealed, newSource, onSource, onTarget, settings } from '../../support/imports.js';
import { here } from '../here.js';
import { keyledger } from '../run.js';

it.each<[usage: string, args: string[], env: Record<string, string>, reason: RegExp]>([
  ['a store that is not EventStoreDB', [], {}, /KEYLEDGER_STORE must name the EventStoreDB/],
  ['no log', [], { KEYLEDGER_STORE: 'esdb://127.0.0.1:1?tls=false' }, /There is no log at .*events\.db/],
  ['no such file', ['--from', '/nowhere/old.db'], { KEYLEDGER_STORE: 'esdb://127.0.0.1:1?tls=false' }, /no log at \/nowhere/],
])('ends with 2 for %s, and makes none', async (_usage, args, env, reason) => {
  const directory = temporaryDirectory();
  const outcome = await keyledger(['import', ...args], { KEYLEDGER_DATA: directory, ...env });
  expect(outcome).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(reason) });
  expect(existsSync(join(directory, 'events.db'))).toBe(false);
});

it('seals nothing where EventStoreDB cannot be reached', async () => {
  const directory = await newSource(3);
  const outcome = await here(['import'], { KEYLEDGER_DATA: directory, KEYLEDGER_STORE: 'esdb://127.0.0.1:1?tls=false' });
  expect(outcome).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('cannot be reached') });
  expect(isSealed(directory)).toBe(false);
});

describeOwnEsdb('refuses, before anything is changed', () => {
  let server: EventStoreDbServer;
  let original: string;
  let content: unknown;
  beforeAll(async () => {
    server = await ownServer();
    original = await newSource(50, 7);
    await onSource(original, async (source) => {
      await onTarget(server, async (target) => {
        for await (const page of source.readAll('apiKeys')) {
          for (const event of page) await target.append(event.stream, event.version - 1, [event]);
        }
        content = await contentOf(target);
      });
    });
  });

  /** A changed copy of the log that EventStoreDB holds. */
  function changed(sql: string): string {
    const directory = temporaryDirectory();
    cpSync(original, directory, { recursive: true, verbatimSymlinks: true });
    new Database(join(directory, 'events.db')).exec(sql).close();
    return directory;
  }

  it.each<[target: string, source: () => string | Promise<string>, reason: RegExp]>([
    ['a target with other events', () => newSource(60), /Event 1 of the category apiKeys differs: the source holds version 1/],
    [
      'a target that is longer',
      () => changed('DELETE FROM events WHERE position > 40'),
      /Event 41 .* and the source has no more events/,
    ],
    [
      'a target with other data',
      () => changed("UPDATE events SET data = json_set(data, '$.name', 'x') WHERE position = 9"),
      /Event 9 .* has other data or metadata/,
    ],
    [
      'a source that was rewritten after a checkpoint was signed',
      async () => {
        const note = noteFor(eventsIn(await exported(original)), 30);
        const directory = changed("UPDATE events SET metadata = json_set(metadata, '$.actor', 'x') WHERE position = 20");
        writeFileSync(join(directory, 'checkpoints'), noteEntry(note));
        return directory;
      },
      /does not hold the 30 events that the last checkpoint in .* covers/,
    ],
  ])('%s', async (_target, source, reason) => {
    const directory = await source();
    const before = readFileSync(join(directory, 'events.db'));
    const outcome = await here(['import'], settings(directory, server));
    expect(outcome).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(reason) });
    expect(isSealed(directory)).toBe(false);
    expect(readFileSync(join(directory, 'events.db'))).toEqual(before);
    await onTarget(server, async (store) => expect(await contentOf(store)).toEqual(content));
  });

  it('a source whose checkpoint lies beside it, in another directory than the settings name', async () => {
    const directory = changed("UPDATE events SET metadata = json_set(metadata, '$.actor', 'x') WHERE position = 20");
    writeFileSync(join(directory, 'checkpoints'), noteEntry(noteFor(eventsIn(await exported(original)), 30)));
    const args = ['import', '--from', join(directory, 'events.db')];
    const outcome = await here(args, settings(temporaryDirectory(), server));
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining('does not hold the 30 events') });
    expect(isSealed(directory)).toBe(false);
  });

  it('and takes what was begun, with a checkpoint that holds', async () => {
    const note = noteFor(eventsIn(await exported(original)), 30);
    writeFileSync(join(original, 'checkpoints'), noteEntry(note));
    expect(await here(['import'], settings(original, server))).toMatchObject({ code: 0 });
    await expectSameLog(original, server);
  });
});
