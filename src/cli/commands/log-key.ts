import { openLogKey } from '../../auth/log-key.js';
import type { Config } from '../../config.js';
import { noteSigner } from '../../domain/transparency/sign-note.js';
import { formatVerifierKey } from '../../domain/transparency/verifier-key.js';
import { firstEvent } from '../../projections/engine/position.js';
import { currentOrigin } from '../../projections/transparency/origins.js';
import type { EventStore } from '../../store/event-store.js';
import { withExistingStore } from '../existing-store.js';
import { print } from '../output/output.js';

/**
 * Prints the key with which auditors verify this log's checkpoints, in the form for `verify-log --public-key`. It is not secret.
 * @throws LogMismatch; UnfitFile; Error if the log is empty, or if there is no key
 */
export async function printLogKey(config: Config): Promise<void> {
  const name = await withExistingStore(config, nameOf);
  if (name === undefined)
    throw new Error(
      'The log is empty, so its key has no name yet: the name contains the id of the first event. Create a key, then run the command again.',
    );
  const seed = await openLogKey(config);
  if (!seed) throw new Error('There is no key for signing checkpoints. Set KEYLEDGER_LOG_KEY.');
  await print(`${formatVerifierKey(noteSigner(name, seed))}\n`);
}

/** Undefined while the log is empty. */
async function nameOf(store: EventStore): Promise<string | undefined> {
  const first = await firstEvent(store);
  return first && (await currentOrigin(store, first.id)).name;
}
