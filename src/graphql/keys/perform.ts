import type { Caller } from '../../commands/keys/handle.js';
import type { Operated, Operator } from '../../commands/keys/operator.js';
import type { AccountKeys } from '../../domain/keys/model.js';
import { KeyAlreadyCreated } from '../../domain/keys/refusals.js';
import type { Context } from '../api/context.js';
import { Forbidden, RateLimited } from '../api/errors.js';

/** The description of `keyId` wherever it is an argument. */
export const KEY_ID = 'The id of the key: `key_` and 22 letters and digits.';

/** The description of `version` in every payload. */
export const VERSION =
  'The version of the account that includes this change. Give it as `account(minVersion: …)`, and the answer includes the change, whichever process answers.';

/** The description of `idempotencyKey` in the inputs of mutations that create a key. */
export const IDEMPOTENCY_KEY =
  'Your own name for this request: 1 to 100 characters, such as a UUID. If you do not know whether a request succeeded, send it again with the same name, at any time later. It never creates a second key: the answer is then `KeyAlreadyCreated`.';

/** Executes the command. All later reads of this request include its change. */
export async function change<T extends { account: AccountKeys }>(context: Context, command: (caller: Caller) => Promise<T>) {
  const { required, time } = context;
  const caller = callerOf(context);
  try {
    const result = await command(caller);
    required.add(caller.account, result.account.version);
    return { ...result, account: { accountId: caller.account, state: result.account } };
  } catch (error) {
    if (error instanceof KeyAlreadyCreated) required.add(caller.account, error.version);
    throw error;
  } finally {
    time.endMutation();
  }
}

/**
 * Executes an operator's command. All later reads of this request include its change. The limit of mutations is that of an account's own
 * changes, and does not count here.
 */
export async function operate<T extends Operated>(context: Context, command: (operator: Operator) => Promise<T>) {
  const { required, time, viewer, correlationId } = context;
  try {
    const result = await command({ actor: viewer.subject, correlationId, since: time.beginMutation() });
    const { accountId, account } = result;
    required.add(accountId, account.version);
    return { ...result, account: { accountId, state: account } };
  } finally {
    time.endMutation();
  }
}

/** The account comes from the token, never from the input. Every mutation counts for the rate limit, even if it is refused later. */
function callerOf({ viewer, correlationId, time, mutations }: Context): Caller {
  if (viewer.account === undefined) throw new Forbidden('Your token names no account.');
  const wait = mutations?.take(viewer.account) ?? 0;
  if (wait > 0) throw new RateLimited(wait);
  return { account: viewer.account, actor: viewer.subject, correlationId, since: time.beginMutation() };
}
