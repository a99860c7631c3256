import { join } from 'node:path';
import { formatCheckpoint } from '../../../src/domain/transparency/checkpoint.js';
import { logOrigin } from '../../../src/domain/transparency/log-origin.js';
import { noteSigner, signNote } from '../../../src/domain/transparency/sign-note.js';
import { createLog } from '../../../src/observability/log.js';
import { openProjections } from '../../../src/projections/engine/database.js';
import { CheckpointFile } from '../../../src/projections/transparency/checkpoint-file.js';
import { Checkpoints, NoCheckpoint } from '../../../src/projections/transparency/checkpoints.js';
import { TransparencyProjection } from '../../../src/projections/transparency/transparency.js';
import Database from '../../../src/shared/sqlite.js';
import type { RecordedEvent } from '../../../src/store/event-store.js';
import { cleanUpLater, temporaryDirectory } from '../../support/cleanup.js';
import { newEvent } from '../../support/events.js';

const SEED = new Uint8Array(32).fill(7);
const SIGNERS = 8;
const SIZES = 20;

function nthEvent(place: number): RecordedEvent {
  return { ...newEvent(), stream: 'apiKeys-a', version: place, position: place };
}

/** One process on the data directory. */
async function openSigner(directory: string, readsOn = async () => true) {
  const log = createLog('silent');
  const file = join(directory, 'projections.db');
  const { database, projections: tree } = await openProjections(file, log, (database) => new TransparencyProjection(database));
  cleanUpLater(() => database.close());
  const kept = new CheckpointFile(join(directory, 'checkpoints'));
  const origin = async () => ({ name: logOrigin(tree.firstEventId() ?? '') });
  const guard = { mismatch: () => undefined, onLost() {} };
  return { tree, file: kept, checkpoints: new Checkpoints({ ...guard, tree, origin, readsOn, file: kept, seed: SEED, log }) };
}

type Signer = Awaited<ReturnType<typeof openSigner>>;

it('keeps every note whole, and the newest of the largest tree, however many processes sign', async () => {
  const directory = temporaryDirectory();
  const signers = await Promise.all(Array.from({ length: SIGNERS }, () => openSigner(directory)));
  const signed: Promise<void>[] = [];
  for (let size = 1; size <= SIZES; size += 1) {
    signers[0]?.tree.apply([nthEvent(size)]);
    signed.push(...signers.map(({ checkpoints }) => checkpoints.sign()));
    await new Promise(setImmediate);
  }
  await Promise.all(signed);
  const newest = await signers[0]?.file.latest();
  expect(newest?.size).toBe(SIZES);
  for (const { checkpoints } of signers) expect((await checkpoints.newest()).note).toBe(newest?.note);
});

describe('where another process has signed since', () => {
  const events = [1, 2, 3].map(nthEvent);
  const directory = temporaryDirectory();
  let one: Signer;
  let other: Signer;
  beforeAll(async () => {
    [one, other] = await Promise.all([openSigner(directory), openSigner(directory)]);
    one.tree.apply(events.slice(0, 2));
    await one.checkpoints.sign();
    one.tree.apply(events.slice(2));
    await other.checkpoints.sign();
  });

  it('shows the same, and never an older one', async () => {
    const shown = await other.checkpoints.newest();
    expect(shown.size).toBe(3);
    expect(await one.checkpoints.newest()).toEqual(shown);
  });

  it('does not show what it would not sign itself', async () => {
    one.tree.apply([nthEvent(4)]);
    const { origin = '', root = Buffer.alloc(32) } = (await one.file.latest()) ?? {};
    const strange = noteSigner(origin, new Uint8Array(32).fill(8));
    await one.file.keep(signNote(formatCheckpoint({ origin, size: 4, root }), [strange]));
    expect((await one.checkpoints.newest()).size).toBe(3);
  });

  it('shows nothing when it cannot know what another has shown', async () => {
    await one.file.keep('not a checkpoint\n\n— somebody AAAA\n');
    await expect(one.checkpoints.newest()).rejects.toThrow(NoCheckpoint);
    await expect(one.checkpoints.newest()).rejects.toThrow(/could not read its stored checkpoints/);
    await expect(one.checkpoints.newest()).rejects.not.toThrow(directory);
  });
});

describe('where an export has signed more events than the tree holds', () => {
  /** A tree of two events, and a note for the third, which is in the log. */
  async function openBehind(readsOn: (third: () => void) => Promise<boolean>) {
    const events = [1, 2, 3].map(nthEvent);
    const whole = new TransparencyProjection(new Database(':memory:'));
    whole.apply(events);
    const takeThird = () => signer.tree.apply(events.slice(2));
    const signer = await openSigner(temporaryDirectory(), () => readsOn(takeThird));
    signer.tree.apply(events.slice(0, 2));
    const name = noteSigner(logOrigin(events[0]?.id ?? ''), SEED);
    await signer.file.keep(signNote(formatCheckpoint({ origin: name.name, size: 3, root: whole.root(3) }), [name]));
    await signer.checkpoints.sign();
    return signer.checkpoints;
  }

  it('waits for the tree, and signs', async () => {
    const checkpoints = await openBehind(async (takeThird) => {
      takeThird();
      return true;
    });
    expect((await checkpoints.newest()).size).toBe(3);
  });

  it('signs nothing when the log ends before, and says so', async () => {
    const checkpoints = await openBehind(async () => true);
    await expect(checkpoints.newest()).rejects.toThrow(/no longer holds the 3 events/);
  });

  it('accuses nobody when the process stops before it knows', async () => {
    const checkpoints = await openBehind(async () => false);
    await expect(checkpoints.newest()).rejects.toThrow(NoCheckpoint);
    await expect(checkpoints.newest()).rejects.not.toThrow(/no longer holds/);
  });
});
