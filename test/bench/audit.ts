import { hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { completeExport } from '../../src/cli/transparency/export-lines.js';
import { LogSigner } from '../../src/cli/transparency/log-signer.js';
import { readConfig } from '../../src/config.js';
import { hashLeaf } from '../../src/domain/transparency/merkle-tree.js';
import { TreeFrontier } from '../../src/domain/transparency/tree-frontier.js';
import { type HistoryFilter, HistoryProjection } from '../../src/projections/audit/history.js';
import type { Page, PlaceInTime } from '../../src/projections/engine/page.js';
import Database from '../../src/shared/sqlite.js';
import { leafHashOf, leafTextOf } from '../../src/store/codec.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { SqliteEventStore } from '../../src/store/sqlite/sqlite.js';
import { openLog } from '../../src/store/sqlite/sqlite-file.js';
import type { Verified } from './audit-worker.js';
import { type Bench, type Findings, interleave, median, ratio, timed } from './support/bench.js';
import { runChild } from './support/child.js';
import { creation } from './support/events.js';
import { writeHistory } from './support/history.js';
import { inTemporaryDirectory } from './support/temporary.js';

const EVENTS = 1_000_000;
const BLOCK = 10_000;
const PAGE = 100;
/** Pages per measurement. */
const PAGES = 100;

/** Measures proving a history, and reading the end of a long one. */
export const audit: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const large = await newLog(directory, 'large', EVENTS, 10_000);
    const small = await newLog(directory, 'small', EVENTS / 10, 10_000);
    const manyAccounts = await newLog(directory, 'accounts', EVENTS, 100_000);
    const parts = [await onTree(large), await onPages(large), await onVerification({ large, small, manyAccounts })];
    return {
      figures: Object.assign({}, ...parts.map(({ figures }) => figures)),
      ratios: Object.assign({}, ...parts.map(({ ratios }) => ratios)),
      goals: Object.assign({}, ...parts.map(({ goals }) => goals)),
    };
  });

/** Leaves per second, from bytes and from events, in blocks, so that memory stays constant. */
async function onTree(directory: string): Promise<Findings> {
  const store = new SqliteEventStore(join(directory, 'events.db'));
  const blocks = blocksOf(store);
  const trees = [new TreeFrontier(), new TreeFrontier()] as const;
  let events: RecordedEvent[] = [];
  let leaves: Buffer[] = [];
  const perSecond = (work: () => void) => timed(work).then((time) => (1000 * leaves.length) / time);
  const measured = await interleave(EVENTS / BLOCK - 1, {
    sha256: async () => {
      events = (await blocks.next()).value ?? [];
      leaves = events.map(bytesOf);
      return perSecond(() => {
        for (const leaf of leaves) hash('sha256', leaf, 'buffer');
      });
    },
    tree: () =>
      perSecond(() => {
        for (const leaf of leaves) trees[0].append(hashLeaf(leaf));
      }),
    canonicalTree: () =>
      perSecond(() => {
        for (const event of events) trees[1].append(leafHashOf(event));
      }),
  });
  await store.close();
  return {
    figures: {
      sha256PerSecond: median(measured.sha256),
      treePerSecond: median(measured.tree),
      canonicalTreePerSecond: median(measured.canonicalTree),
    },
    ratios: {
      treeToSha256: ratio(measured.tree, measured.sha256),
      canonicalTreeToSha256: ratio(measured.canonicalTree, measured.sha256),
    },
    goals: { treeToSha256: { atLeast: 0.3 } },
  };
}

async function* blocksOf(store: SqliteEventStore): AsyncGenerator<RecordedEvent[], undefined> {
  let block: RecordedEvent[] = [];
  for await (const page of store.readAll('apiKeys')) {
    block.push(...page);
    if (block.length < BLOCK) continue;
    yield block;
    block = [];
  }
}

function bytesOf(event: RecordedEvent): Buffer {
  return Buffer.from(leafTextOf(event));
}

const KINDS_OF_TIME = ['OfTime', 'OfTimeBackward', 'OfTypeAndTime', 'OfAccountAndTime'] as const;

/** A range without limit in practice; all events except one have the same time. */
const ALL_TIMES = { from: 0, to: Date.parse('2900-01-01T00:00:00Z') };

/** An event of a machine whose clock is a thousand years ahead. */
function wronglyDated(): RecordedEvent {
  const event = creation(1, undefined, '3026-01-01T00:00:00.000Z');
  return { ...event, stream: 'apiKeys-wrong', version: 1, position: 0 };
}

/** Pages per second at the end of the history, against pages at its start; in commit order and in the order of times. */
async function onPages(directory: string): Promise<Findings> {
  const store = new SqliteEventStore(join(directory, 'events.db'));
  const database = new Database(join(directory, 'history.db'));
  for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'cache_size = -262144']) database.pragma(pragma);
  const history = new HistoryProjection(database);
  const apply = database.transaction((events: RecordedEvent[]) => history.apply(events));
  for await (const block of blocksOf(store)) apply(block);
  await store.close();
  history.apply([{ ...wronglyDated(), position: EVENTS + 1 }]);
  const [first, last] = [history.page({}, { limit: 1 }), history.page({}, { after: EVENTS - 1, limit: 1 })];
  const [start, end] = [{ account: first[0]?.account }, { account: last[0]?.account }];
  const time = (filter: HistoryFilter, page: Omit<Page, 'limit'>) => () =>
    timed(() => {
      for (let count = 0; count < PAGES; count += 1) history.page(filter, { ...page, limit: PAGE });
    });
  const type = { type: 'KeyDeleted' };
  const at = last[0]?.at ?? 0;
  const timeOfPage =
    (filter: HistoryFilter, page: Omit<Page<PlaceInTime>, 'limit'> = {}) =>
    () =>
      timed(() => {
        for (let count = 0; count < PAGES; count += 1) history.pageOfTime(filter, ALL_TIMES, { ...page, limit: PAGE });
      });
  const backward = { backward: true };
  const milliseconds = await interleave(50, {
    start: time({}, {}),
    end: time({}, { after: EVENTS - PAGE }),
    startBackward: time({}, { before: PAGE + 1, backward: true }),
    endBackward: time({}, { backward: true }),
    startOfType: time(type, {}),
    endOfType: time(type, { after: EVENTS - 3 * PAGE }),
    startOfTypeBackward: time(type, { before: 3 * PAGE, backward: true }),
    endOfTypeBackward: time(type, { backward: true }),
    startOfAccount: time(start, {}),
    endOfAccount: time(end, {}),
    startOfAccountBackward: time(start, { backward: true }),
    endOfAccountBackward: time(end, { backward: true }),
    startOfTime: timeOfPage({}),
    endOfTime: timeOfPage({}, { after: { at, position: EVENTS - PAGE } }),
    startOfTimeBackward: timeOfPage({}, { before: { at, position: PAGE + 1 }, ...backward }),
    endOfTimeBackward: timeOfPage({}, backward),
    startOfTypeAndTime: timeOfPage(type),
    endOfTypeAndTime: timeOfPage(type, { after: { at, position: EVENTS - 3 * PAGE } }),
    startOfAccountAndTime: timeOfPage(start),
    endOfAccountAndTime: timeOfPage(end),
  });
  database.close();
  const kinds = ['', 'Backward', 'OfType', 'OfTypeBackward', 'OfAccount', 'OfAccountBackward', ...KINDS_OF_TIME] as const;
  const perPage = (times: number[]) => (1000 * median(times)) / PAGES;
  return {
    figures: { startPageMicroseconds: perPage(milliseconds.start), endPageMicroseconds: perPage(milliseconds.end) },
    ratios: Object.fromEntries(
      kinds.map((kind) => [`endToStart${kind}`, ratio(milliseconds[`end${kind}`], milliseconds[`start${kind}`])]),
    ),
    goals: Object.fromEntries(kinds.map((kind) => [`endToStart${kind}`, { atMost: 1.2 }])),
  };
}

/** Runs each in a process of its own. The small and the large log have the same number of accounts, since memory grows only with that. */
async function onVerification(logs: Record<'large' | 'small' | 'manyAccounts', string>): Promise<Findings> {
  const small = await verify(logs.small, EVENTS / 10);
  const large = await verify(logs.large, EVENTS);
  const manyAccounts = await verify(logs.manyAccounts, EVENTS);
  return {
    figures: {
      verifiedPerSecond: (1000 * EVENTS) / large.milliseconds,
      peakMegabytes100k: small.megabytes,
      peakMegabytes1M: large.megabytes,
      peakMegabytes1MOf100kAccounts: manyAccounts.megabytes,
    },
    ratios: { peak1MTo100k: large.megabytes / small.megabytes },
    goals: { peak1MTo100k: { atMost: 1.2 } },
  };
}

async function verify(directory: string, events: number): Promise<Verified> {
  const store = new SqliteEventStore(join(directory, 'events.db'));
  const signer = await LogSigner.open(readConfig({ KEYLEDGER_DATA: directory }), store);
  const file = join(directory, 'export.ndjson');
  const pages = completeExport({ store, signer, onRead: () => {}, onLast: () => {} });
  await pipeline(pages, joinLines, createWriteStream(file));
  await store.close();
  const verified = await runChild<Verified>(new URL('./audit-worker.js', import.meta.url), directory);
  if (verified.events !== events) throw new Error(`${verified.events} events were verified, and ${events} written.`);
  return verified;
}

async function* joinLines(pages: AsyncIterable<string[]>): AsyncGenerator<string> {
  for await (const lines of pages) yield lines.join('');
}

/** A data directory whose log has that many events of that many accounts. */
async function newLog(directory: string, name: string, events: number, accounts: number): Promise<string> {
  const data = join(directory, name);
  await mkdir(data);
  const log = openLog(join(data, 'events.db'));
  writeHistory(
    log,
    Array.from({ length: accounts }, (_, index) => ({ account: `account-${index}`, events: events / accounts })),
  );
  log.close();
  return data;
}
