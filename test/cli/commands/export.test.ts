import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseLine } from '../../../src/cli/transparency/history-line.js';
import { noteEntry } from '../../../src/domain/transparency/note-file.js';
import { SqliteEventStore } from '../../../src/store/sqlite/sqlite.js';
import { openLog } from '../../../src/store/sqlite/sqlite-file.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { describeOwnEsdb, ownServer, patientStore } from '../../support/eventstoredb.js';
import {
  directoryWith,
  eventsIn,
  exported,
  fileOf,
  LOG_KEY,
  lastLineOf,
  noteFor,
  nth,
  recordTurns,
  TURNS,
} from '../../support/exports.js';
import { damage } from '../../support/faults.js';
import { record } from '../../support/histories.js';
import { at, START } from '../../support/specification.js';
import { openWorld } from '../../support/world.js';
import { here } from '../here.js';
import { keyledger } from '../run.js';

let env: { KEYLEDGER_DATA: string; KEYLEDGER_LOG_KEY: string };
let whole: string[];
beforeAll(async () => {
  env = { KEYLEDGER_DATA: await directoryWith(TURNS), KEYLEDGER_LOG_KEY: LOG_KEY };
  whole = await exported(env.KEYLEDGER_DATA);
});

function linesIn(text: string): string[] {
  return text.match(/[^\n]*\n/g) ?? [];
}

/** Verifies an export with the public key of these settings. */
async function verify(text: string, settings: Record<string, string>) {
  const { stdout: key } = await here(['log-key'], settings);
  return here(['verify-log', fileOf(text), '--public-key', fileOf(key)]);
}

it('writes an event a line, and last the checkpoint that covers exactly these', async () => {
  const { code, stdout, stderr } = await keyledger(['export'], env);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = linesIn(stdout);
  expect(lines).toEqual(whole);
  const events = eventsIn(lines);
  expect(events.map(({ leafIndex }) => leafIndex)).toEqual(TURNS.map((_, index) => index));
  expect(events.map(({ account }) => account)).toEqual(TURNS);
  expect(lastLineOf(lines)).toEqual({ checkpoint: noteFor(events, 300) });
  expect(Object.keys(JSON.parse(lines[0] ?? ''))).toEqual([
    'position',
    'account',
    'version',
    'type',
    'schemaVersion',
    'id',
    'data',
    'metadata',
    'leaf',
    'leafIndex',
  ]);
  expect(await verify(stdout, env)).toMatchObject({ code: 0, stdout: expect.stringContaining('300 events of 7 accounts') });
});

it('signs with a key in the data directory, which only its owner may read', async () => {
  const settings = { KEYLEDGER_DATA: await directoryWith(TURNS.slice(0, 10)) };
  const { code, stdout } = await keyledger(['export'], settings);
  expect(code).toBe(0);
  expect(statSync(join(settings.KEYLEDGER_DATA, 'log.key')).mode & 0o777).toBe(0o600);
  expect(await verify(stdout, settings)).toMatchObject({ code: 0, stdout: expect.stringContaining('10 events') });
});

describe('a log that lacks an event of an account, where no checkpoint was kept', () => {
  const gapped = async () => {
    const settings = { ...env, KEYLEDGER_DATA: await directoryWith(TURNS.slice(0, 30)) };
    damage(settings.KEYLEDGER_DATA, 'account-3', 2, 'an event that is missing');
    return settings;
  };

  it('is written out and not signed: the last line says what is missing and what to do', async () => {
    const settings = await gapped();
    const { stdout, stderr } = await here(['export'], settings);
    const reason = expect.stringMatching(/account account-3 has no version 2.*Restore them/);
    expect(lastLineOf(linesIn(stdout))).toEqual({ checkpoint: null, reason });
    expect(stderr).toContain('has no version 2');
    expect(existsSync(join(settings.KEYLEDGER_DATA, 'checkpoints'))).toBe(false);
  });

  it('gives no part of itself, for nothing of it can be proved', async () => {
    const settings = await gapped();
    const { code, stdout, stderr } = await here(['export', '--account', 'account-1'], settings);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/account-3.*restore them/);
    expect(existsSync(join(settings.KEYLEDGER_DATA, 'checkpoints'))).toBe(false);
  });
});

describe('a filtered export', () => {
  const time = (place: number) => at(START + 1000 * place);
  it.each<[filter: string, args: string[], places: (account: string, place: number) => boolean]>([
    ['by account', ['--account', 'late'], (account) => account === 'late'],
    ['by time', ['--from', time(50), '--to', time(60)], (_, place) => place >= 50 && place < 60],
    ['from a time on', ['--from', time(290)], (_, place) => place >= 290],
    ['by both', ['--account', 'late', '--to', time(125)], (account, place) => account === 'late' && place < 125],
    ['of nothing', ['--account', 'nobody'], () => false],
  ])('%s proves each event, and says that completeness is not proved', async (_filter, args, matches) => {
    const { code, stdout, stderr } = await here(['export', ...args], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('it does not prove that none is missing') });
    const lines = linesIn(stdout);
    const expected = TURNS.flatMap((account, place) => (matches(account, place) ? [place] : []));
    expect(eventsIn(lines).map(({ leafIndex }) => leafIndex)).toEqual(expected);
    expect(lastLineOf(lines)).toEqual({ checkpoint: noteFor(eventsIn(whole), 300), complete: false });
    const verified = await verify(stdout, env);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('COMPLETENESS IS NOT PROVED') });
  });

  it.each([time(50), time(60)])('refuses a time to begin with that is not before %s, and names both', async (to) => {
    expect(await here(['export', '--from', time(60), '--to', to], env)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`--from (${time(60)}) must be before --to (${to})`),
    });
  });

  it('is found to be whole if it holds all events, and not if one is left out', async () => {
    const { stdout, stderr } = await here(['export', '--from', time(0)], env);
    expect(stderr).toBe('');
    const verified = await verify(stdout, env);
    expect(verified).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('They are all events of the log at that time.'),
    });
    expect(verified.stdout).not.toContain('COMPLETENESS IS NOT PROVED');
    const shorter = await verify(linesIn(stdout).toSpliced(7, 1).join(''), env);
    expect(shorter).toMatchObject({ code: 0, stdout: expect.stringContaining('COMPLETENESS IS NOT PROVED') });
  });

  it('takes each event by its own time, whatever another says that was dated in the future', async () => {
    const directory = temporaryDirectory();
    const store = new SqliteEventStore(join(directory, 'events.db'));
    const year = 365 * 86_400;
    await recordTurns(store, ['wrong', 'right', 'wrong', 'right'], (account, place) => {
      return START + 1000 * (account === 'wrong' ? year : place);
    });
    await store.close();
    const places = async (from: string, to: string) => {
      const { stdout } = await here(['export', '--from', from, '--to', to], { ...env, KEYLEDGER_DATA: directory });
      return eventsIn(linesIn(stdout)).map(({ leafIndex }) => leafIndex);
    };
    expect(await places(time(0), time(60))).toEqual([1, 3]);
    expect(await places(time(year), time(year + 1))).toEqual([0, 2]);
  });

  it('does not stand in for a whole one, and proves no event that was changed', async () => {
    const { stdout } = await here(['export', '--account', 'late'], env);
    const posing = stdout.replace(',"complete":false', '');
    expect(await verify(posing, env)).toMatchObject({ code: 1, stdout: expect.stringContaining('line 1, position 121') });
    const { stdout: elsewhere } = await here(['export', '--from', time(0)], env);
    const [moved = ''] = linesIn(elsewhere);
    const proofs = moved.replace(/"proof":\["./, (proof) => `${proof.slice(0, -1)}${proof.endsWith('A') ? 'B' : 'A'}`);
    expect(await verify(elsewhere.replace(moved, proofs), env)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('line 1, position 1: the proof does not lead to the checkpoint'),
    });
  });
});

describe('resumes', () => {
  it.each([0, 1, 100, 50_000, -300])('an export that was broken off at byte %p', async (end) => {
    const file = fileOf(Buffer.from(whole.join('')).subarray(0, end));
    const { code, stdout } = await here(['export', '--resume', file], env);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(readFileSync(file, 'utf8')).toBe(whole.join(''));
  });

  it('an export that was broken off in its last line, when the log has grown since', async () => {
    const KEYLEDGER_DATA = await directoryWith(TURNS.slice(0, 10));
    const earlier = (await exported(KEYLEDGER_DATA)).join('');
    for (const end of [-1, -20, -150]) {
      const grown = { ...env, KEYLEDGER_DATA: await directoryWith(TURNS.slice(0, 10)) };
      cpSync(KEYLEDGER_DATA, grown.KEYLEDGER_DATA, { recursive: true, verbatimSymlinks: true });
      const store = new SqliteEventStore(join(grown.KEYLEDGER_DATA, 'events.db'));
      await record(store, 'new', [nth(1)]);
      await store.close();
      const file = fileOf(earlier.slice(0, end));
      expect(await here(['export', '--resume', file], grown)).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(file, 'utf8')).toBe((await exported(grown.KEYLEDGER_DATA)).join(''));
    }
  });

  it.each<[what: string, line: number, pieces: () => (string | Buffer)[]]>([
    ['with a changed line', 3, () => whole.with(2, (whole[2] ?? '').replace('owner', 'other')).slice(0, 5)],
    [
      'with a changed line, broken off',
      3,
      () => [...whole.slice(0, 2), (whole[2] ?? '').replace('owner', 'other').slice(0, -9)],
    ],
    ['of another log', 1, () => [(whole[0] ?? '').replace('account-0', 'account-9')]],
    ['that holds something else', 1, () => ['a shopping list\n']],
    ['that holds something else, without a newline', 1, () => ['a shopping list']],
    ['that is binary', 1, () => [Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0x22])]],
    ['with a byte-order mark', 1, () => ['\ufeff', ...whole.slice(0, 5)]],
    ['with other ends of lines', 1, () => whole.slice(0, 5).map((line) => line.replace('\n', '\r\n'))],
    ['with an empty line at its end', 6, () => [...whole.slice(0, 5), '\n']],
    ['with something behind its last event', 6, () => [...whole.slice(0, 5), 'x']],
    ['with more events than the log', 301, () => [...whole.slice(0, -1), whole[299] ?? '']],
    ['with more events than the log, broken off', 301, () => [...whole.slice(0, -1), (whole[299] ?? '').slice(0, 20)]],
    ['with events behind its checkpoint', 301, () => [...whole, whole[299] ?? '']],
  ])('no file %s: it is left as it is, and nothing is signed', async (_what, line, pieces) => {
    const file = fileOf(...pieces());
    const before = readFileSync(file);
    const KEYLEDGER_DATA = await directoryWith([]);
    cpSync(join(env.KEYLEDGER_DATA, 'events.db'), join(KEYLEDGER_DATA, 'events.db'));
    const { code, stdout, stderr } = await here(['export', '--resume', file], { ...env, KEYLEDGER_DATA });
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(`line ${line} differs`) });
    expect(stderr).toContain(file);
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(existsSync(join(KEYLEDGER_DATA, 'checkpoints'))).toBe(false);
  });

  it('none that is finished, filtered or not there', async () => {
    const finished = fileOf(...whole);
    expect(await here(['export', '--resume', finished], env)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/is complete/),
    });
    const filtered = await here(['export', '--resume', finished, '--account', 'late'], env);
    expect(filtered).toMatchObject({ code: 2, stderr: expect.stringContaining('Only an export of everything') });
    expect((await here(['export', '--resume', '/nowhere'], env)).code).toBe(2);
  });
});

it('signs nothing where the log does not extend the last checkpoint that was signed, and says so', async () => {
  const directory = await directoryWith(TURNS.slice(0, 20));
  const settings = { ...env, KEYLEDGER_DATA: directory };
  const events = eventsIn(await exported(directory));
  writeFileSync(join(directory, 'checkpoints'), [10, 15].map((size) => noteEntry(noteFor(events, size))).join(''));
  const sound = await here(['export'], settings);
  expect(sound).toMatchObject({ code: 0, stderr: '' });
  const log = openLog(join(directory, 'events.db'));
  log.exec("UPDATE events SET metadata = replace(metadata, 'owner', 'admin') WHERE position = 12");
  log.close();
  for (const args of [['export'], ['export', '--from', '2026-01-01']]) {
    const { code, stdout, stderr } = await here(args, settings);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('no longer holds the 15 events') });
    const last = parseLine(Buffer.from(linesIn(stdout).at(-1) ?? ''));
    expect(last).toMatchObject({ checkpoint: null, reason: expect.stringContaining('no longer holds the 15 events') });
    expect((await verify(stdout, settings)).code).toBe(1);
  }
});

it.each<[how: string, copy: (note: string) => string | Buffer, code: number]>([
  ['with lines of Windows', (note) => note.replaceAll('\n', '\r\n'), 0],
  ['with a byte-order mark', (note) => `\ufeff${note}`, 0],
  ['without its last newline', (note) => note.trimEnd(), 0],
  ['in UTF-16', (note) => Buffer.from(`\ufeff${note}`, 'utf16le'), 1],
  ['of a shopping list', () => 'milk\n', 1],
])('signs nothing, either, where the checkpoints are a copy %s', async (_how, copy, code) => {
  const KEYLEDGER_DATA = await directoryWith(Array(20).fill('one'));
  const settings = { ...env, KEYLEDGER_DATA };
  const file = join(KEYLEDGER_DATA, 'checkpoints');
  writeFileSync(file, copy(noteEntry(noteFor(eventsIn(await exported(await directoryWith(Array(30).fill('one')))), 30))));
  const before = readFileSync(file);
  const outcome = await here(['export'], settings);
  expect(outcome.code).toBe(code);
  expect(outcome.stderr).toContain(code === 0 ? 'no longer holds the 30 events' : `${file} contains no checkpoint. Restore it`);
  expect(readFileSync(file)).toEqual(before);
  const server = await openWorld({ dataDirectory: KEYLEDGER_DATA, env: { KEYLEDGER_LOG_KEY: LOG_KEY }, unready: true });
  const said = code === 0 ? 'This is another event log' : 'no checkpoint is signed';
  while (!server.log().includes(said)) await delay(25);
  expect((await fetch(`${server.url}/v1/checkpoint`)).status).toBe(503);
  await server.stop();
  expect(readFileSync(file)).toEqual(before);
});

it('names the file where a log is no database', async () => {
  const KEYLEDGER_DATA = temporaryDirectory();
  writeFileSync(join(KEYLEDGER_DATA, 'events.db'), 'a shopping list\n');
  const { code, stderr } = await here(['export'], { KEYLEDGER_DATA });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `keyledger: ${join(KEYLEDGER_DATA, 'events.db')} is not a database. Restore it from a backup.\n`,
  });
});

describe('keeps the checkpoint that it signs before anybody sees it', () => {
  const keptIn = (directory: string) => readFileSync(join(directory, 'checkpoints'), 'utf8');
  const attack = (directory: string, sql: string) => {
    const log = openLog(join(directory, 'events.db'));
    log.exec(sql);
    log.close();
  };

  it.each<[how: string, sql: string, said: RegExp]>([
    ['shortened', 'DELETE FROM events WHERE position > 15', /lacks 5 events at its end/],
    [
      'rewritten',
      "UPDATE events SET metadata = replace(metadata, 'owner', 'admin') WHERE position = 12",
      /does not hold the events that a checkpoint of 20 events covers/,
    ],
  ])('so that a server signs nothing, aloud, when the log was %s after it', async (_how, sql, said) => {
    const directory = await directoryWith(Array(20).fill('one'));
    const { stdout } = await here(['export'], { ...env, KEYLEDGER_DATA: directory });
    const { checkpoint } = lastLineOf(linesIn(stdout));
    expect(keptIn(directory)).toBe(noteEntry(checkpoint ?? ''));
    attack(directory, sql);
    const world = await openWorld({ dataDirectory: directory, env: { KEYLEDGER_LOG_KEY: LOG_KEY }, unready: true });
    const answer = async () => (await fetch(`${world.url}/v1/checkpoint`)).text();
    while (!(await answer()).includes('lacks events, was changed, or is another log')) await delay(25);
    expect(world.log()).toMatch(said);
    await world.stop();
    expect(keptIn(directory)).toBe(noteEntry(checkpoint ?? ''));
  });

  it('also one that is smaller than what a server has signed meanwhile', async () => {
    const directory = await directoryWith(TURNS.slice(0, 20));
    const settings = { ...env, KEYLEDGER_DATA: directory };
    const events = eventsIn(await exported(directory));
    const file = join(directory, 'checkpoints');
    writeFileSync(file, [20, 15].map((size) => noteEntry(noteFor(events, size))).join(''));
    expect((await here(['checkpoint'], settings)).stdout).toBe(noteFor(events, 20));
    attack(directory, 'DELETE FROM events WHERE position > 17');
    const { stderr } = await here(['export'], settings);
    expect(stderr).toContain('no longer holds the 20 events');
  });

  it('or shows none where it cannot', async () => {
    const directory = await directoryWith(TURNS.slice(0, 20));
    mkdirSync(join(directory, 'checkpoints'));
    const { stdout, stderr } = await here(['export'], { ...env, KEYLEDGER_DATA: directory });
    expect(stderr).toContain('EISDIR');
    expect(stdout).not.toContain('keyledger/');
  });
});

describe('ends with a code that says how it went', () => {
  it.each<[usage: string, code: number, args: string[], reason: RegExp]>([
    ['a time that is none', 2, ['export', '--from', 'yesterday'], /RFC 3339/],
    ['a day that is none', 2, ['export', '--to', '2026-02-30'], /RFC 3339/],
    ['an account that is none', 2, ['export', '--account', 'a b'], /must match/],
    ['an argument', 2, ['export', 'history.ndjson'], /too many arguments/],
  ])('%s', async (_usage, code, args, reason) => {
    expect(await here(args, env)).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(reason) });
  });

  it.each(['export', 'log-key'])('no log, which %s does not make', async (command) => {
    const directory = temporaryDirectory();
    const outcome = await keyledger([command], { KEYLEDGER_DATA: directory });
    expect(outcome).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('There is no log') });
    expect(existsSync(join(directory, 'events.db'))).toBe(false);
  });

  it('an empty log', async () => {
    const settings = { ...env, KEYLEDGER_DATA: await directoryWith([]) };
    const { code, stdout, stderr } = await here(['export'], settings);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '{"checkpoint":null,"reason":"the log is empty"}\n' });
    expect(stderr).toContain('the log is empty');
    expect((await here(['log-key'], settings)).code).toBe(1);
  });
});

describeOwnEsdb('on EventStoreDB', () => {
  it('writes what verifies offline; without a key, it says that there is no checkpoint', async () => {
    const server = await ownServer();
    const store = patientStore(server.connectionString);
    await recordTurns(store, TURNS);
    await store.close();
    const keyless = { KEYLEDGER_DATA: temporaryDirectory(), KEYLEDGER_STORE: server.connectionString };
    const settings = { ...keyless, KEYLEDGER_LOG_KEY: LOG_KEY };
    const { code, stdout } = await keyledger(['export'], settings);
    expect(code).toBe(0);
    expect(await verify(stdout, settings)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('300 events of 7 accounts'),
    });
    const filtered = await here(['export', '--account', 'late'], settings);
    expect(await verify(filtered.stdout, settings)).toMatchObject({ code: 0, stdout: expect.stringContaining('20 events') });
    const unsigned = await here(['export'], keyless);
    expect(unsigned).toMatchObject({ code: 0, stderr: expect.stringContaining('KEYLEDGER_LOG_KEY') });
    expect(lastLineOf(linesIn(unsigned.stdout)).checkpoint).toBeNull();
    expect(await here(['log-key'], keyless)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('KEYLEDGER_LOG_KEY'),
    });
  });
});
