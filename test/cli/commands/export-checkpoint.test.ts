import { noteEntry } from '../../../src/domain/transparency/note-file.js';
import { formatVerifierKey } from '../../../src/domain/transparency/verifier-key.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import {
  directoryWith,
  eventsIn,
  exported,
  fileOf,
  forged,
  LOG_KEY,
  lastLineOf,
  noteFor,
  signerOf,
  TURNS,
  withLeaf,
} from '../../support/exports.js';
import { here } from '../here.js';

let env: { KEYLEDGER_DATA: string; KEYLEDGER_LOG_KEY: string };
let events: ReturnType<typeof eventsIn>;
let key: string;
beforeAll(async () => {
  env = { KEYLEDGER_DATA: await directoryWith(TURNS), KEYLEDGER_LOG_KEY: LOG_KEY };
  events = eventsIn(await exported(env.KEYLEDGER_DATA));
  key = fileOf(formatVerifierKey(signerOf(events)), '\n');
});

/** A file with checkpoints of these sizes, as somebody kept them. */
const keptAt = (sizes: number[], of = events) => fileOf(...sizes.map((size) => noteEntry(noteFor(of, size))));
/** The same history with one event changed, as somebody would write it who can sign. */
const rewritten = () =>
  forged(
    events.map((event) => (event.leafIndex === 40 ? { ...event, metadata: { ...event.metadata, actor: 'mallory' } } : event)),
  ).map(withLeaf);

/** An export of one account, for those who kept these checkpoints. */
async function part(...kept: string[]): Promise<string> {
  const given = kept.length > 0 ? ['--checkpoint', ...kept] : [];
  const { code, stdout } = await here(['export', '--account', 'late', ...given], env);
  expect(code).toBe(0);
  return stdout;
}

const verify = (history: string, ...kept: string[]) =>
  here(['verify-log', fileOf(history), '--checkpoint', ...kept, '--public-key', key]);

it('an export of a part proves that its log begins with the events of every checkpoint that was kept', async () => {
  const files = [keptAt([100, 299]), keptAt([1, 200, 300])];
  const { code, stdout } = await verify(await part(...files), ...files);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Verified checkpoints: 6') });
});

it('proves nothing where one of the kept checkpoints is of other events, though the others hold', async () => {
  const files = [keptAt([100, 200], rewritten()), keptAt([300])];
  const said = 'the log of 300 events does not begin with those that the checkpoint of size 100';
  expect(await verify(await part(...files), ...files)).toMatchObject({ code: 1, stdout: expect.stringContaining(said) });
  const kept = [keptAt([300], rewritten()), keptAt([300])];
  const sameSize = await verify(await part(), ...kept);
  expect(sameSize).toMatchObject({ code: 1, stdout: expect.stringContaining('does not begin with those') });
});

it('does not pass over a kept checkpoint for which the export has no proof, and says what to do', async () => {
  const said = /^NOT PROVED: line \d+: nothing shows that .* size 200 .*exported with `--checkpoint`/;
  for (const history of [await part(), await part(keptAt([100]))]) {
    const outcome = await verify(history, keptAt([200]), keptAt([300]));
    expect(outcome).toMatchObject({ code: 1, stdout: expect.stringMatching(said) });
  }
});

it('does not pass over a kept checkpoint of more events than the export covers', async () => {
  const later = keptAt([301], [...events, ...events.slice(0, 1)]);
  const outcome = await verify(await part(later), later);
  expect(outcome).toMatchObject({ code: 1, stdout: expect.stringContaining('has 300 events, but the checkpoint of size 301') });
});

it('writes one proof for each size, and none where none is needed', async () => {
  const lines = (await part(keptAt([100, 300]), keptAt([100]))).match(/[^\n]*\n/g) ?? [];
  expect(lastLineOf(lines).extends).toEqual([{ size: 100, path: expect.any(Array) }]);
  expect(lastLineOf((await part()).match(/[^\n]*\n/g) ?? [])).not.toHaveProperty('extends');
});

it.each<[usage: string, args: () => string[], reason: RegExp]>([
  ['an export of everything', () => ['--checkpoint', keptAt([100])], /Leave out --checkpoint/],
  ['no such file', () => ['--account', 'late', '--checkpoint', `${temporaryDirectory()}/none`], /cannot be read/],
  ['no signed note', () => ['--account', 'late', '--checkpoint', fileOf('nothing\n')], /contains no signed note/],
  [
    'a note that is no checkpoint',
    () => ['--account', 'late', '--checkpoint', fileOf('a\nb\nc\n\n— d e\n')],
    /size of a checkpoint should be .*`keyledger checkpoint`/,
  ],
  [
    'more than it can hold',
    () => ['--account', 'late', '--checkpoint', fileOf(noteEntry(noteFor(events, 1)).repeat(1001))],
    /1000/,
  ],
])('refuses %s', async (_usage, args, reason) => {
  const outcome = await here(['export', ...args()], env);
  expect(outcome).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(reason) });
});
