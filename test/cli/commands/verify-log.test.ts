import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { checkHistory } from '../../../src/cli/transparency/check-history.js';
import { formatEvent, formatLast } from '../../../src/cli/transparency/history-line.js';
import { type ExportedEvent, HistoryFault } from '../../../src/domain/transparency/exported-event.js';
import { noteEntry } from '../../../src/domain/transparency/note-file.js';
import { formatVerifierKey, type NoteVerifier } from '../../../src/domain/transparency/verifier-key.js';
import type { KeptCheckpoint } from '../../../src/domain/transparency/verify-history.js';
import Database from '../../../src/shared/sqlite.js';
import { openLog } from '../../../src/store/sqlite/sqlite-file.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { ownServer, patientStore } from '../../support/eventstoredb.js';
import { isInstalled } from '../../support/eventstoredb-server.js';
import {
  directoryWith,
  eventsIn,
  exported,
  exportedFrom,
  fileOf,
  forged,
  keptOf,
  lastLineOf,
  linesOf,
  noteFor,
  recordTurns,
  signerOf,
  TURNS,
  withLeaf,
} from '../../support/exports.js';
import { itWhenLong, rounds } from '../../support/long.js';
import { nested } from '../../support/nested.js';
import { here } from '../here.js';
import { keyledger } from '../run.js';

const CHANGES = rounds(20, 1000);
const OTHER_SEED = Buffer.alloc(32, 8);

let directory: string;
let lines: string[];
let last: string;
let events: ExportedEvent[];
let verifiers: NoteVerifier[];
let kept: KeptCheckpoint[];
beforeAll(async () => {
  directory = await directoryWith(TURNS);
});

/** Sets the export that is attacked and verified from now on. */
function take(whole: string[]): void {
  lines = whole;
  last = lines.at(-1) ?? '';
  events = eventsIn(lines);
  verifiers = [signerOf(events)];
  kept = keptOf(events, [100, 200, 300]);
}

/** One row for each kind of store that the export is made from. */
const sources: [name: string, exportLines: () => Promise<string[]>, it: jest.It][] = [
  ['SQLite', () => exported(directory), it],
  ['EventStoreDB', exportedFromOwnServer, isInstalled() ? itWhenLong : it.skip],
];

async function exportedFromOwnServer(): Promise<string[]> {
  const server = await ownServer();
  const store = patientStore(server.connectionString);
  await recordTurns(store, TURNS);
  return exportedFrom(store);
}

/** The fault that is found in a file of these lines: its first line, its last line, and the reason. */
async function faultIn(pieces: (string | Buffer)[], checkpoints = kept): Promise<[first: number, last: number, why: string]> {
  try {
    await checkHistory(fileOf(...pieces), { kept: checkpoints, verifiers });
  } catch (error) {
    if (error instanceof HistoryFault) return [error.first.line, error.last.line, error.reason];
    throw error;
  }
  throw new Error('All holds.');
}

function at(line: number): ExportedEvent {
  const event = events[line - 1];
  if (!event) throw new Error(`There is no line ${line}.`);
  return event;
}

/** The events with `count` of them, from that line on, replaced by these. */
function spliced(line: number, count: number, ...others: ExportedEvent[]): ExportedEvent[] {
  return events.toSpliced(line - 1, count, ...others);
}

function renamed(event: ExportedEvent): ExportedEvent {
  return { ...event, metadata: { ...event.metadata, actor: 'somebody else' } };
}

const newId = (event: ExportedEvent): ExportedEvent => ({ ...event, id: '00000000-0000-4000-8000-000000000000' });
const withoutLate = () => events.filter(({ account }) => account !== 'late');

describe.each(sources)('an export from %s', (_name, exportLines, it) => {
  beforeAll(async () => take(await exportLines()));

  it('ends in the checkpoint of its events, and holds to those that were kept', async () => {
    expect(lastLineOf(lines)).toEqual({ checkpoint: noteFor(events, 300) });
    const checked = await checkHistory(fileOf(...lines), { kept, verifiers });
    expect(checked).toMatchObject({ events: 300, accounts: 7 });
    expect(checked.checkpoints.map(({ size }) => size)).toEqual([100, 200, 300, 300]);
  });

  describe('an exported history, changed by somebody who knows how leaves are made', () => {
    it.each<[attack: string, change: () => ExportedEvent[], first: number, last: number, why: RegExp]>([
      ['a changed event', () => spliced(150, 1, renamed(at(150))), 150, 150, /not the hash/],
      ['and its leaf', () => spliced(150, 1, withLeaf(renamed(at(150)))), 101, 200, /not the events.*kept at 200/],
      ['a dropped middle', () => spliced(150, 11), 150, 150, /the leaf index is 160, but should be 149/],
      ['and new leaf indexes', () => spliced(150, 11).map((e, leafIndex) => ({ ...e, leafIndex })), 150, 150, /next version/],
      ['and all of an account', () => forged(withoutLate()), 101, 200, /not the events/],
      ['a dropped tail', () => spliced(251, 50), 201, 300, /ends after 250 events.*300/],
      ['swapped events', () => spliced(150, 2, at(151), at(150)), 150, 150, /the leaf index is 150/],
      ['and their indexes', () => forged(spliced(150, 2, at(151), at(150))), 101, 200, /not the events/],
      ['a repeated event', () => spliced(151, 0, at(150)), 151, 151, /the leaf index is 149/],
      ['with a new index', () => forged(spliced(150, 0, at(1))), 150, 150, /occurred before/],
      [
        'with a new id and account',
        () => forged(spliced(150, 0, { ...newId(at(1)), account: 'new' })),
        101,
        200,
        /not the events/,
      ],
      ['an added end', () => forged(spliced(301, 0, { ...newId(at(1)), account: 'new' })), 301, 301, /no checkpoint/],
      ['an event moved to another account', () => spliced(150, 1, { ...at(150), account: 'late' }), 150, 150, /not the hash/],
      ['and its leaf', () => spliced(150, 1, withLeaf({ ...at(150), account: 'late' })), 150, 150, /next version/],
      ['and its version', () => forged(spliced(150, 1, { ...at(150), account: 'late' })), 150, 150, /account late, version 21/],
      [
        'all of an account',
        () => forged(events.map((e) => (e.account === 'late' ? { ...e, account: 'new' } : e))),
        101,
        200,
        /not the ev/,
      ],
      ['another beginning', () => forged(spliced(1, 1, newId(at(1)))), 1, 1, /begins with another event/],
    ])('%s', async (_attack, change, first, final, why) => {
      expect(await faultIn([...linesOf(change()), last])).toEqual([first, final, expect.stringMatching(why)]);
    });

    it('a dropped tail with the last line', async () => {
      expect(await faultIn(lines.slice(0, 250))).toEqual([201, 300, expect.stringContaining('ends after 250')]);
      expect(await faultIn(lines.slice(0, 250), kept.slice(0, 1))).toEqual([
        251,
        251,
        expect.stringContaining('is incomplete'),
      ]);
    });

    it('all of it, computed anew without the signing key', async () => {
      const other = forged(events.map((event, index) => (index === 0 ? event : renamed(event))));
      const checkpoint = noteFor(other, 300, OTHER_SEED);
      const text = [...linesOf(other), formatLast({ checkpoint })];
      expect(await faultIn(text)).toEqual([1, 100, expect.stringContaining('not the events')]);
      expect(await faultIn(text, [])).toEqual([301, 301, expect.stringContaining('none of the known keys')]);
      const posing = checkpoint.replaceAll(/— (\S+) \S+/g, noteFor(events, 300).match(/— \S+ \S+/)?.[0] ?? '');
      const fault = await faultIn([...linesOf(other), formatLast({ checkpoint: posing })], []);
      expect(fault).toEqual([301, 301, expect.stringContaining('is wrong')]);
    });

    it('a changed event, where only the export itself has a checkpoint', async () => {
      const text = [...linesOf(spliced(150, 1, withLeaf(renamed(at(150))))), last];
      expect(await faultIn(text, [])).toEqual([
        1,
        300,
        expect.stringContaining("not the events that the checkpoint of size 300 (the export's own)"),
      ]);
    });

    it.each<[spelling: string, change: (line: string) => string]>([
      ['white space', (line) => line.replace(',', ', ')],
      ['an escape', (line) => line.replace('"owner"', '"\\u006fwner"')],
      ['a member twice', (line) => line.replace('{', '{"position":1,')],
      ['a member more', (line) => line.replace('}\n', ',"more":1}\n')],
      ['a prototype', (line) => line.replace('}\n', ',"__proto__":{}}\n')],
      ['a prototype in the data', (line) => line.replace('"data":{', '"data":{"__proto__":{},')],
      ['data that is nested too deeply', (line) => line.replace('"data":{', `"data":{"a":${nested(100_000)},`)],
      ['members in another order', (line) => line.replace(/^\{("position":\d+),("account":[^,]+)/, '{$2,$1')],
      ['a carriage return', (line) => line.replace('\n', '\r\n')],
      ['an empty line', (line) => `\n${line}`],
      ['a byte-order mark', (line) => `\ufeff${line}`],
    ])('another spelling of the same line: %s', async (_spelling, change) => {
      const changed = lines.with(149, change(lines[149] ?? ''));
      expect(changed).not.toEqual(lines);
      expect((await faultIn(changed)).slice(0, 2)).toEqual([150, 150]);
    });

    it('bytes that are not UTF-8, though they are read as what was signed', async () => {
      const odd = forged(spliced(150, 1, { ...at(150), metadata: { ...at(150).metadata, actor: '\ufffd' } }));
      const text = Buffer.from([...linesOf(odd), formatLast({ checkpoint: noteFor(odd, 300) })].join(''));
      await expect(checkHistory(fileOf(text), { kept: [], verifiers })).resolves.toMatchObject({ events: 300 });
      const place = text.indexOf('\ufffd');
      expect(await faultIn([text.subarray(0, place), Buffer.of(0xff), text.subarray(place + 3)], [])).toEqual([
        150,
        150,
        expect.stringContaining('UTF-8'),
      ]);
    });

    it('a line behind the checkpoint, a proof where none belongs, an older checkpoint', async () => {
      expect(await faultIn([...lines, last])).toEqual([302, 302, expect.stringContaining('follows the checkpoint')]);
      const proven = formatEvent({ ...at(150), proof: [] });
      expect(await faultIn(lines.toSpliced(149, 1, proven))).toEqual([150, 150, expect.stringContaining('proof')]);
      const older = formatLast({ checkpoint: noteFor(events, 200) });
      expect(await faultIn([...lines.slice(0, -1), older])).toEqual([301, 301, expect.stringContaining('size 200')]);
    });
  });

  it(`finds each of ${CHANGES} random changes`, async () => {
    const text = Buffer.from(lines.join(''));
    const line = fc.nat(lines.length - 1);
    const place = fc.nat(events.length - 1);
    /** Every byte except a position's digits. No leaf holds these; only their order is proved. */
    const isPosition = (offset: number) => {
      const start = text.lastIndexOf('\n', offset - 1) + 1;
      return /^\{"position":\d+$/.test(text.toString('latin1', start, offset + 1));
    };
    const careful = (change: (copy: ExportedEvent[]) => ExportedEvent[]) => [...linesOf(forged(change(events))), last];
    const change: fc.Arbitrary<(string | Buffer)[]> = fc.oneof(
      fc.tuple(fc.nat(text.length - 1), fc.nat(7)).map(([offset, bit]) => {
        if (isPosition(offset)) return lines.toReversed();
        return [text.subarray(0, offset), Buffer.of((text[offset] ?? 0) ^ (1 << bit)), text.subarray(offset + 1)];
      }),
      fc.nat(text.length - 1).map((length) => [text.subarray(0, length)]),
      fc.tuple(line, fc.integer({ min: 1, max: 50 })).map(([from, count]) => lines.toSpliced(from, count)),
      fc.tuple(line, line).map(([from, to]) => lines.toSpliced(to, 0, lines[from] ?? '')),
      fc.tuple(line, line).map(([a, b]) => swap(lines, a, a === b ? (a + 1) % lines.length : b)),
      fc.tuple(place, fc.integer({ min: 1, max: 50 })).map(([from, count]) => careful((all) => all.toSpliced(from, count))),
      fc.tuple(place, place).map(([a, b]) => careful((all) => swap(all, a, a === b ? (a + 1) % all.length : b))),
      fc.tuple(place, fc.uuid()).map(([to, id]) => careful((all) => all.toSpliced(to, 0, { ...at(1), account: 'new', id }))),
      fc
        .tuple(place, fc.nat(9))
        .map(([of, n]) => careful((all) => all.map((e, i) => (i === of ? { ...e, account: `new-${n}` } : e)))),
      fc
        .tuple(place, fc.constantFrom('at', 'actor', 'correlationId'))
        .map(([of, member]) =>
          careful((all) =>
            all.map((e, i) => (i === of ? { ...e, metadata: { ...e.metadata, [member]: '2026-01-01T09:00:00.000Z' } } : e)),
          ),
        ),
    );
    let found = 0;
    await fc.assert(
      fc.asyncProperty(change, async (pieces) => {
        const [first, final] = await faultIn(pieces);
        expect(first).toBeLessThanOrEqual(final);
        found += 1;
      }),
      { numRuns: CHANGES },
    );
    expect(found).toBe(CHANGES);
  });
});

describe('the SQLite file itself, then exported and signed by a server that suspects nothing', () => {
  beforeAll(async () => take(await exported(directory)));

  const statements: [attack: string, sql: string[], first: number, last: number, why: RegExp][] = [
    [
      'a changed event',
      ["UPDATE events SET metadata = replace(metadata, 'owner', 'admin') WHERE position = 150"],
      101,
      200,
      /not the events/,
    ],
    ['a dropped middle', ['DELETE FROM events WHERE position BETWEEN 150 AND 160'], 150, 150, /next version/],
    ['a dropped account', ["DELETE FROM events WHERE stream = 'apiKeys-late'"], 101, 200, /not the events/],
    ['a dropped tail', ['DELETE FROM events WHERE position > 250'], 201, 300, /ends after 250/],
    [
      'swapped events',
      [
        'UPDATE events SET position = 0 WHERE position = 150',
        'UPDATE events SET position = 150 WHERE position = 151',
        'UPDATE events SET position = 151 WHERE position = 0',
      ],
      101,
      200,
      /not the events/,
    ],
    [
      'an added event',
      [
        'UPDATE events SET position = -position WHERE position > 150',
        'UPDATE events SET position = 1 - position WHERE position < 0',
        "INSERT INTO events SELECT 151, category, 'apiKeys-new', 1, 'new', type, schemaVersion, data, metadata FROM events WHERE position = 1",
      ],
      101,
      200,
      /not the events/,
    ],
    [
      'an event moved to another account',
      ["UPDATE events SET stream = 'apiKeys-late', version = 21 WHERE position = 150"],
      150,
      150,
      /late, version 21/,
    ],
    [
      'an account by another name',
      ["UPDATE events SET stream = 'apiKeys-new' WHERE stream = 'apiKeys-late'"],
      101,
      200,
      /not the events/,
    ],
  ];

  it.each(statements)('%s', async (_attack, sql, first, final, why) => {
    const copy = logCopy();
    const log = openLog(join(copy, 'events.db'));
    for (const statement of sql) log.prepare(statement).run();
    log.close();
    expect(await faultIn(await exported(copy))).toEqual([first, final, expect.stringMatching(why)]);
  });

  it('a flipped byte', async () => {
    const copy = logCopy();
    const file = join(copy, 'events.db');
    const bytes = readFileSync(file);
    const metadata = JSON.stringify(at(150).metadata);
    const second = metadata.indexOf('"at":"2026-01-01T00:02:2') + '"at":"2026-01-01T00:02:2'.length;
    const place = bytes.indexOf(metadata) + second;
    bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    writeFileSync(file, bytes);
    const [first, final, why] = await faultIn(await exported(copy));
    expect([first, final, why]).toEqual([101, 200, expect.stringContaining('not the events')]);
  });

  it('another log in its place', async () => {
    const fault = await faultIn(await exported(await directoryWith(TURNS)));
    expect(fault).toEqual([1, 1, expect.stringContaining('begins with another event')]);
  });

  /** A data directory with a copy of the log, all of it in one file. */
  function logCopy(): string {
    const copy = temporaryDirectory();
    const log = new Database(join(directory, 'events.db'));
    log.pragma('wal_checkpoint(TRUNCATE)');
    log.close();
    copyFileSync(join(directory, 'events.db'), join(copy, 'events.db'));
    return copy;
  }
});

function swap<T>(items: readonly T[], a: number, b: number): T[] {
  return items.map((item, index) => (index === a ? (items[b] ?? item) : index === b ? (items[a] ?? item) : item));
}

describe('the command', () => {
  let history: string;
  let key: string;
  beforeAll(async () => {
    take(await exported(directory));
    history = fileOf(...lines);
    key = fileOf(...verifiers.map((verifier) => `${formatVerifierKey(verifier)}\n`));
  });
  const keptFile = (...notes: string[]) => fileOf(...notes.map((note) => noteEntry(note)));

  it('says what was proved, with neither server nor store nor settings', async () => {
    const checkpoints = ['--checkpoint', keptFile(noteFor(events, 100), noteFor(events, 200)), keptFile(noteFor(events, 250))];
    const settings = { KEYLEDGER_STORE: 'nonsense', PORT: 'nonsense', KEYLEDGER_DATA: '/nowhere' };
    const outcome = await keyledger(['verify-log', history, ...checkpoints, '--public-key', key], settings);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toContain('300 events of 7 accounts');
    expect(outcome.stdout).toContain('Verified checkpoints: 4');
    expect(outcome.stdout).toContain(Buffer.from(kept[2]?.root ?? []).toString('base64'));
    expect(outcome.stdout).not.toContain('trusts the server');
  });

  it('says that it trusts the server, without a checkpoint that was kept', async () => {
    const { code, stdout } = await here(['verify-log', history, '--public-key', key]);
    expect(code).toBe(0);
    expect(stdout).toContain('this result trusts the server');
  });

  it('ends with 1, and names the first bad position', async () => {
    const text = [...linesOf(spliced(150, 1, withLeaf(renamed(at(150))))), last];
    const args = ['--checkpoint', keptFile(noteFor(events, 100), noteFor(events, 200)), '--public-key', key];
    const interval = await keyledger(['verify-log', fileOf(...text), ...args]);
    expect(interval).toMatchObject({ code: 1, stdout: expect.stringContaining('lines 101 to 200, positions 101 to 200: ') });
    const exact = await here(['verify-log', fileOf(...linesOf(spliced(150, 1, renamed(at(150)))), last), ...args]);
    expect(exact).toMatchObject({
      code: 1,
      stdout: 'NOT PROVED: line 150, position 150: the leaf is not the hash of the event\n',
    });
  });

  it('believes old checkpoints after the key was changed, where it is given the old key too', async () => {
    const changed = fileOf(...lines.slice(0, -1), formatLast({ checkpoint: noteFor(events, 300, OTHER_SEED) }));
    const newKey = fileOf(formatVerifierKey(signerOf(events, OTHER_SEED)));
    const args = ['verify-log', changed, '--checkpoint', keptFile(noteFor(events, 100)), '--public-key'];
    expect(await here([...args, key, newKey])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Verified checkpoints: 2'),
    });
    expect(await here([...args, newKey])).toMatchObject({ code: 1, stdout: expect.stringContaining('note 1: ') });
    expect(await here([...args, key])).toMatchObject({ code: 1, stdout: expect.stringContaining('line 301: ') });
  });

  const COPIES: [how: string, copy: (text: string) => string | Buffer][] = [
    ['with a byte-order mark', (text) => `\ufeff${text}`],
    ['with lines of Windows', (text) => text.replaceAll('\n', '\r\n')],
    ['with both', (text) => `\ufeff${text.replaceAll('\n', '\r\n')}`],
  ];
  const UTF16 = (text: string) => Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'utf16le');
  const UNENDED = (text: string) => text.trimEnd();

  it.each(COPIES)('reads an export %s', async (_how, copy) => {
    const args = ['--checkpoint', keptFile(noteFor(events, 100)), '--public-key', key];
    const outcome = await here(['verify-log', fileOf(copy(lines.join(''))), ...args]);
    expect(outcome).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('300 events of 7 accounts') });
  });

  it.each([...COPIES, ['in UTF-16', UTF16] as const, ['without its last newline', UNENDED] as const])(
    'reads checkpoints and keys %s',
    async (_how, copy) => {
      const notes = fileOf(copy([100, 200].map((size) => noteEntry(noteFor(events, size))).join('')));
      const keys = fileOf(copy(readFileSync(key, 'utf8')));
      const outcome = await here(['verify-log', history, '--checkpoint', notes, '--public-key', keys]);
      expect(outcome).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('Verified checkpoints: 3') });
    },
  );

  it('does not pass over a changed checkpoint without its last newline', async () => {
    const note = noteFor(events, 100).replace('\n100\n', '\n101\n').trimEnd();
    const outcome = await here(['verify-log', history, '--checkpoint', fileOf(note), '--public-key', key]);
    expect(outcome).toMatchObject({ code: 1, stdout: expect.stringContaining('cannot be trusted') });
  });

  it.each<[what: string, args: () => string[], reason: RegExp]>([
    ['an export in UTF-16', () => [fileOf(UTF16(lines.join('')))], /file is in UTF-16. Save it as UTF-8/],
    [
      'checkpoints that are no text',
      () => [history, '--checkpoint', fileOf(Buffer.of(0xe9))],
      /file cannot be read: it is not UTF-8 text/,
    ],
    [
      'checkpoints of another dash',
      () => [history, '--checkpoint', fileOf(noteFor(events, 9).replace('—', '-'))],
      /file contains no signed note/,
    ],
    ['an empty file of checkpoints', () => [history, '--checkpoint', fileOf('\ufeff')], /file contains no signed note/],
  ])('names %s, and says what to do', async (_what, args, reason) => {
    const { code, stdout, stderr } = await here(['verify-log', ...args(), '--public-key', key]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(reason);
  });

  it('does not believe a kept checkpoint that was changed', async () => {
    const note = noteFor(events, 100).replace('\n100\n', '\n101\n');
    const outcome = await here(['verify-log', history, '--checkpoint', keptFile(note), '--public-key', key]);
    expect(outcome).toMatchObject({ code: 1, stdout: expect.stringContaining('cannot be trusted') });
  });

  it.each<[usage: string, args: () => string[], reason: RegExp]>([
    ['no public key', () => [history], /--public-key/],
    ['no history', () => ['--public-key', key], /needs <history>/],
    ['a history that is not there', () => ['/nowhere', '--public-key', key], /\/nowhere cannot be read/],
    ['a public key that is not there', () => [history, '--public-key', '/nowhere'], /\/nowhere cannot be read/],
    ['a public key that is none', () => [history, '--public-key', fileOf('key\n')], /should look like.*`keyledger log-key`/],
    ['an empty public key', () => [history, '--public-key', fileOf('\n')], /no public key/],
    ['a checkpoint that is none', () => [history, '--public-key', key, '--checkpoint', fileOf('x\n')], /no signed note/],
  ])('ends with 2: %s', async (_usage, args, reason) => {
    const { code, stdout, stderr } = await here(['verify-log', ...args()]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(reason);
  });
});
