import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Beat } from '../../../src/shared/beat.js';
import Database from '../../../src/shared/sqlite.js';
import { Changes } from '../../../src/store/sqlite/sqlite-changes.js';
import { temporaryDirectory } from '../../support/cleanup.js';

const NEVER = 2 ** 31 - 1;

/** A log's file, opened by this process and by another, and what this one asks of it. */
function openBoth({ check = NEVER, staleness = NEVER }) {
  const file = join(temporaryDirectory(), 'log.db');
  const other = new Database(file);
  other.pragma('journal_mode = WAL');
  other.exec('CREATE TABLE t (n)');
  const asked: unknown[] = [];
  const database = new Database(file, { verbose: (statement) => asked.push(statement) });
  const changes = new Changes(database, { checks: new Beat(check), staleness });
  /** Lets that many followers wait. Counts those that were woken. */
  const follow = (count: number, signal: AbortSignal) => {
    const followers = { woken: 0, all: Promise.resolve() as Promise<unknown> };
    const waiting = Array.from({ length: count }, () => changes.moreThan(changes.count, signal));
    followers.all = Promise.all(waiting.map((each) => each.then(() => (followers.woken += 1))));
    return followers;
  };
  return { changes, other, asked, follow };
}

it('asks the log one question, not one for each follower, while nothing happens', async () => {
  const { asked, follow } = openBoth({ check: 1 });
  const stop = new AbortController();
  // The first check counts what was committed before it as a change.
  await follow(8, stop.signal).all;
  asked.length = 0;
  const followers = follow(8, stop.signal);
  while (asked.length === 0) await turn();
  expect(asked).toEqual(['PRAGMA data_version']);
  while (asked.length < 10) await turn();
  expect(followers.woken).toBe(0);
  stop.abort();
  await followers.all;
});

it('wakes every follower for a commit of another process', async () => {
  const { other, follow } = openBoth({ check: 1 });
  const { signal } = new AbortController();
  await follow(2, signal).all;
  const followers = follow(2, signal);
  other.exec('INSERT INTO t VALUES (1)');
  await followers.all;
});

it('wakes every follower for a commit of this process, without a question', async () => {
  const { changes, asked, follow } = openBoth({});
  const followers = follow(2, new AbortController().signal);
  changes.record();
  await followers.all;
  expect(asked).toEqual([]);
});

it('lets every follower look now and then, though nothing happened', async () => {
  const { follow } = openBoth({ check: 1, staleness: 10 });
  for (let look = 0; look < 3; look += 1) await follow(2, new AbortController().signal).all;
});

it('does not let a follower wait that has missed a change or shall stop', async () => {
  const { changes, follow } = openBoth({});
  const before = changes.count;
  changes.record();
  await changes.moreThan(before, new AbortController().signal);
  await follow(1, AbortSignal.abort()).all;
  const stop = new AbortController();
  const followers = follow(2, stop.signal);
  stop.abort();
  await followers.all;
});
