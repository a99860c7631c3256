import {
  type AccountFieldsFragment,
  DisableKeyDocument,
  type DisableKeyMutation,
  EnableKeyDocument,
  type EnableKeyMutation,
  RenameKeyDocument,
  type RenameKeyMutation,
} from '../../client/gql/graphql.js';
import { send } from '../api/send.js';
import { useChange } from '../api/use-change.js';

type Result = NonNullable<RenameKeyMutation['renameKey'] | DisableKeyMutation['disableKey'] | EnableKeyMutation['enableKey']>;

const PARTIAL = { partial: true };

export async function rename(keyId: string, name: string): Promise<Result> {
  return (await send(RenameKeyDocument, { input: { keyId, name } }, PARTIAL)).renameKey;
}

export async function disable(keyId: string): Promise<Result> {
  return (await send(DisableKeyDocument, { input: { keyId } }, PARTIAL)).disableKey;
}

export async function enable(keyId: string): Promise<Result> {
  return (await send(EnableKeyDocument, { input: { keyId } }, PARTIAL)).enableKey;
}

/** The state of a change of a key that keeps its secret. Repeating it is safe: it sets what the user asks for. */
export function useKeyChange(onChanged: (account: AccountFieldsFragment) => void) {
  return useChange(async (change: () => Promise<Result>) => {
    const result = await change();
    if (result.__typename !== 'ChangeKeyPayload') throw new Error(result.message);
    onChanged(result.account);
  });
}
