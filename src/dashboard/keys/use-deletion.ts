import { type AccountFieldsFragment, DeleteKeyDocument } from '../../client/gql/graphql.js';
import { send } from '../api/send.js';
import { useChange } from '../api/use-change.js';

export interface DeletionOutcomes {
  /** Called with the account without the key; with undefined if the key had been deleted before. */
  onDeleted: (account: AccountFieldsFragment | undefined) => void;
}

/** Deletes a key. Repeating it is safe: a missing key counts as deleted. */
export function useDeletion(keyId: string, { onDeleted }: DeletionOutcomes) {
  return useChange(async () => {
    const { deleteKey } = await send(DeleteKeyDocument, { input: { keyId } }, { partial: true });
    onDeleted(deleteKey.__typename === 'DeleteKeyPayload' ? deleteKey.account : undefined);
  });
}
