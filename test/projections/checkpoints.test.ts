import { join } from 'node:path';
import Database from 'better-sqlite3';
import { formatCheckpoint } from '../../src/domain/checkpoint.js';
import { logOrigin } from '../../src/domain/exported-event.js';
import { noteSigner, signNote } from '../../src/domain/signed-note.js';
import { createLog } from '../../src/observability/log.js';
import { CheckpointFile } from '../../src/projections/checkpoint-file.js';
import { Checkpoints, NoCheckpoint } from '../../src/projections/checkpoints.js';
import { openProjections } from '../../src/projections/database.js';
import { TransparencyProjection } from '../../src/projections/transparency.js';
import type { RecordedEvent } from '../../src/store/event-store.js';
import { newEvent } from '../support/events.js';
import { cleanUpLater, temporaryDirectory } from '../support/world.js';

const SEED = new Uint8Array(32).fill(7);
const SIGNERS = 8;
const SIZES = 20;

function nthEvent(place: number): RecordedEvent {
  return { ...newEvent(), stream: 'apiKeys-a', version: place, position: place };
}

/** One process on the data directory. */
function openSigner(directory: string, readsOn = async () => true) {
  const log = createLog('silent');
  const database = openProjections(join(directory, 'projections.db'), log);
  cleanUpLater(() => database.close());
  const tree = new TransparencyProjection(database);
  const file = new CheckpointFile(join(directory, 'checkpoints'));
  return { tree, file, checkpoints: new Checkpoints({ tree, readsOn, file, seed: SEED, log }) };
}

it('keeps every note whole, and the newest of the largest tree, however many processes sign', async () => {
  const directory = temporaryDirectory();
  const signers = Array.from({ length: SIGNERS }, () => openSigner(directory));
  const signed: Promise<void>[] = [];
  for (let size = 1; size <= SIZES; size += 1) {
    signers[0]?.tree.apply([nthEvent(size)]);
    signed.push(...signers.map(({ checkpoints }) => checkpoints.sign()));
    await new Promise(setImmediate);
  }
  await Promise.all(signed);
  const newest = (await signers[0]?.file.newest())?.at(-1);
  expect(newest?.size).toBe(SIZES);
  for (const { checkpoints } of signers) expect(checkpoints.newest().note).toBe(newest?.note);
});

describe('where an export has signed more events than the tree holds', () => {
  /** A tree of two events, and a note for the third, which is in the log. */
  async function openBehind(readsOn: (third: () => void) => Promise<boolean>) {
    const events = [1, 2, 3].map(nthEvent);
    const whole = new TransparencyProjection(new Database(':memory:'));
    whole.apply(events);
    const signer = openSigner(temporaryDirectory(), () => readsOn(() => signer.tree.apply(events.slice(2))));
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
    expect(checkpoints.newest().size).toBe(3);
  });

  it('signs nothing when the log ends before, and says so', async () => {
    const checkpoints = await openBehind(async () => true);
    expect(() => checkpoints.newest()).toThrow(/no longer holds the 3 events/);
  });

  it('accuses nobody when the process stops before it knows', async () => {
    const checkpoints = await openBehind(async () => false);
    expect(() => checkpoints.newest()).toThrow(NoCheckpoint);
    expect(() => checkpoints.newest()).not.toThrow(/no longer holds/);
  });
});
