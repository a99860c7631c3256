import { useState } from 'react';
import { type KeyFieldsFragment, RotateKeyDocument } from '../../client/gql/graphql.js';
import { send } from '../api/send.js';
import { Dialog } from '../ui/Dialog.js';
import { Field } from '../ui/Field.js';
import { LastUse } from './LastUse.js';
import { Submission } from './Submission.js';
import { type CreationDialogProps, useCreation } from './use-creation.js';

const HOUR = 60 * 60;

/** In seconds. */
const OVERLAPS = [
  [0, 'Not at all: delete it now'],
  [HOUR, 'For an hour'],
  [24 * HOUR, 'For a day'],
  [7 * 24 * HOUR, 'For a week'],
  [30 * 24 * HOUR, 'For 30 days'],
] as const;

export interface RotateDialogProps extends CreationDialogProps {
  rotated: KeyFieldsFragment;
  lastUsedAt: string | undefined;
  /** True if the account is below the limit. Only then can the old key and the new one both be active. */
  canOverlap: boolean;
}

/** Replaces a key by a new one. Shows whether the old one is in use. */
export function RotateDialog({ rotated, lastUsedAt, canOverlap, ...outcomes }: RotateDialogProps) {
  const [overlap, setOverlap] = useState(0);
  const { progress, onSubmit, leave, isFixed } = useCreation((idempotencyKey) => {
    const input = { keyId: rotated.keyId, overlapSeconds: overlap, idempotencyKey };
    return async () => (await send(RotateKeyDocument, { input }, { partial: true })).rotateKey;
  }, outcomes);

  return (
    <Dialog title={`Rotate “${rotated.name}”`} onCloseRequest={leave}>
      <form onSubmit={onSubmit}>
        <p>
          You get a new key and a new secret, with the same name, scopes and lifetime. <LastUse at={lastUsedAt} /> Programs that
          still use the old key stop working when it ends.
        </p>
        <fieldset disabled={isFixed}>
          <Field
            label="The old key still works"
            hint={
              canOverlap
                ? undefined
                : 'You have reached the limit, so both keys cannot work at the same time. For an overlap, delete your other key first.'
            }
          >
            {(field) => (
              <select {...field} value={overlap} onChange={({ target }) => setOverlap(Number(target.value))}>
                {OVERLAPS.map(([seconds, text]) => (
                  <option key={seconds} value={seconds} disabled={seconds > 0 && !canOverlap}>
                    {text}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </fieldset>
        <Submission progress={progress} action="Rotate" onCancel={leave} />
      </form>
    </Dialog>
  );
}
