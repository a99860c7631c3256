import { AccountsDocument } from '../../client/gql/graphql.js';
import { messageOf, Refused } from '../api/failures.js';
import { present, send } from '../api/send.js';
import { revokeKey } from './operations.js';

/** A key that a preview found. */
export interface OldKey {
  keyId: string;
  name: string;
  accountId: string;
}

/** What would be deleted. */
export interface Preview {
  /** In RFC 3339. */
  before: string;
  keys: OldKey[];
  accounts: number;
}

export interface Revoked {
  deleted: number;
  /** Keys that could not be deleted, and why. */
  left: { key: OldKey; reason: string }[];
}

interface PreviewOptions {
  signal: AbortSignal;
  /** Called with how many accounts were read. */
  onProgress: (count: number) => void;
}

const PAGE = 100;

/** Finds the keys that are held, and that were created before the instant by their own dates. Changes nothing. */
export async function previewBefore(before: string, { signal, onProgress }: PreviewOptions): Promise<Preview> {
  const instant = Date.parse(before);
  const keys: OldKey[] = [];
  let read = 0;
  let after: string | undefined;
  do {
    const accounts = present((await send(AccountsDocument, { first: PAGE, after }, { signal })).accounts);
    for (const { node } of accounts.edges) {
      const old = node.keys.filter(({ createdAt }) => Date.parse(createdAt) < instant);
      keys.push(...old.map(({ keyId, name }) => ({ keyId, name, accountId: node.accountId })));
    }
    read += accounts.edges.length;
    onProgress(read);
    after = accounts.pageInfo.hasNextPage ? (accounts.pageInfo.endCursor ?? undefined) : undefined;
  } while (after !== undefined);
  return { before, keys, accounts: new Set(keys.map(({ accountId }) => accountId)).size };
}

/**
 * Deletes exactly these keys, one after another. Leaves out accounts that cannot be read. Repeating it is safe.
 * @returns after each key, what was done so far
 * @throws what `send` throws; the reason of the signal
 */
export async function* revokeEach(
  keys: readonly OldKey[],
  note: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Revoked, void> {
  const revoked: Revoked = { deleted: 0, left: [] };
  for (const key of keys) {
    signal.throwIfAborted();
    try {
      await revokeKey(key.keyId)(note);
      revoked.deleted += 1;
    } catch (error) {
      if (!(error instanceof Refused && error.code === 'ACCOUNT_UNREADABLE')) throw error;
      revoked.left.push({ key, reason: messageOf(error) });
    }
    yield revoked;
  }
}
