import { useState } from 'react';
import { type AccountFieldsFragment, DeleteKeyDocument } from '../../client/gql/graphql.js';
import { send } from '../api/send.js';
import { useSingleFlight } from '../api/use-single-flight.js';

export interface DeletionOutcomes {
  /** Called with the account without the key; with undefined if the key had been deleted before. */
  onDeleted: (account: AccountFieldsFragment | undefined) => void;
}

export type DeletionProgress = { state: 'ready' | 'asking' } | { state: 'failed'; error: unknown };

/** Deletes a key. Repeating it is safe: a missing key counts as deleted. */
export function useDeletion(keyId: string, { onDeleted }: DeletionOutcomes) {
  const [progress, setProgress] = useState<DeletionProgress>({ state: 'ready' });
  const submit = useSingleFlight(async () => {
    setProgress({ state: 'asking' });
    try {
      const { deleteKey } = await send(DeleteKeyDocument, { input: { keyId } }, { partial: true });
      onDeleted(deleteKey.__typename === 'DeleteKeyPayload' ? deleteKey.account : undefined);
    } catch (error) {
      setProgress({ state: 'failed', error });
    }
  });

  return { progress, submit };
}
