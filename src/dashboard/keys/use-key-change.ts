import { useState } from 'react';
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
import { useSingleFlight } from '../api/use-single-flight.js';

type Result = NonNullable<RenameKeyMutation['renameKey'] | DisableKeyMutation['disableKey'] | EnableKeyMutation['enableKey']>;

export type ChangeProgress = { state: 'ready' | 'asking' } | { state: 'failed'; error: unknown };

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
  const [progress, setProgress] = useState<ChangeProgress>({ state: 'ready' });
  const submit = useSingleFlight(async (change: () => Promise<Result>) => {
    setProgress({ state: 'asking' });
    try {
      const result = await change();
      if (result.__typename !== 'ChangeKeyPayload') throw new Error(result.message);
      setProgress({ state: 'ready' });
      onChanged(result.account);
    } catch (error) {
      setProgress({ state: 'failed', error });
    }
  });
  return { progress, submit };
}
