import { type FormEvent, useRef, useState } from 'react';
import type {
  AccountFieldsFragment,
  CreateKeyMutation,
  KeyFieldsFragment,
  RotateKeyMutation,
} from '../../client/gql/graphql.js';
import { isOutcomeUnknown } from '../api/failures.js';
import { useSingleFlight } from '../api/use-single-flight.js';
import { useLeaveWarning } from '../ui/use-leave-warning.js';
import { newIdempotencyKey } from './idempotency-key.js';
import { ShownSecret } from './shown-secret.js';

export interface CreatedKey {
  key: KeyFieldsFragment;
  secret: ShownSecret;
}

/** A key that was created while the answer with its secret was lost. `key` is undefined if it was deleted since. */
export interface UnseenKey {
  keyId: string;
  key: KeyFieldsFragment | undefined;
}

export interface CreationOutcomes {
  onCreated: (created: CreatedKey, account: AccountFieldsFragment) => void;
  onUnseen: (unseen: UnseenKey) => void;
  /** The user leaves before an answer; it is unknown whether the key was created. */
  onAbandoned: () => void;
}

/** The props of a dialog that creates a key. */
export interface CreationDialogProps extends CreationOutcomes {
  onClose: () => void;
}

/** The state of a request for a new key. `lost`: the key may have been created; trying again never creates a second one. */
export type Progress = { state: 'ready' | 'asking' } | { state: 'refused' | 'lost'; error: unknown };

type Result = NonNullable<CreateKeyMutation['createKey'] | RotateKeyMutation['rotateKey']>;

/**
 * Requests a new key, by creation or rotation. Uses one idempotency key while the dialog is open, so repeated requests create at most one
 * key.
 * @param prepare returns what sends the request; if it throws, nothing was sent
 */
export function useCreation(
  prepare: (idempotencyKey: string) => () => Promise<Result>,
  { onClose, ...outcomes }: CreationDialogProps,
) {
  const [progress, setProgress] = useState<Progress>({ state: 'ready' });
  const [idempotencyKey] = useState(newIdempotencyKey);
  // A refused repetition does not show what an earlier request did.
  const wasLost = useRef(false);

  const submit = useSingleFlight(async () => {
    setProgress({ state: 'asking' });
    let isSent = false;
    try {
      const ask = prepare(idempotencyKey);
      isSent = true;
      const error = settle(await ask(), outcomes);
      wasLost.current = false;
      setProgress(error ? { state: 'refused', error } : { state: 'ready' });
    } catch (error) {
      wasLost.current ||= isSent && isOutcomeUnknown(error);
      setProgress({ state: wasLost.current ? 'lost' : 'refused', error });
    }
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void submit();
  };
  const isLost = progress.state === 'lost';
  const isAsking = progress.state === 'asking';
  /** Closes the dialog unless a request is in flight. */
  const leave = () => {
    if (isLost) outcomes.onAbandoned();
    else if (!isAsking) onClose();
  };
  // The key may have been created with this input, so a repetition must not change it.
  const isFixed = isAsking || isLost;
  useLeaveWarning(isFixed);
  return { progress, onSubmit, leave, isFixed };
}

/** @returns why there is no new key, if the user must decide what to do */
function settle(result: Result, { onCreated, onUnseen }: CreationOutcomes): Error | undefined {
  switch (result.__typename) {
    case 'CreateKeyPayload':
      onCreated({ key: result.key, secret: new ShownSecret(result.secret) }, result.account);
      return undefined;
    case 'KeyAlreadyCreated':
      onUnseen({ keyId: result.keyId, key: result.existingKey ?? undefined });
      return undefined;
    case 'KeyLimitReached':
    case 'KeyNotFound':
    case 'KeyIsDisabled':
    case 'AccountIsFrozen':
      return new Error(result.message);
  }
}
