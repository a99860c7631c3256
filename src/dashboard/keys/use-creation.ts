import { type FormEvent, useRef, useState } from 'react';
import { isOutcomeUnknown } from '../api/failures.js';
import { useSingleFlight } from '../api/use-single-flight.js';
import type { AccountFieldsFragment, CreateKeyMutation, KeyFieldsFragment, RotateKeyMutation } from '../gql/graphql.js';
import { newIdempotencyKey } from './idempotency-key.js';
import { ShownSecret } from './shown-secret.js';

export interface CreatedKey {
  key: KeyFieldsFragment;
  secret: ShownSecret;
}

/** A key that was made, and whose secret was lost on the way to the page; `key` is missing where it was deleted since. */
export interface UnseenKey {
  keyId: string;
  key: KeyFieldsFragment | undefined;
}

export interface CreationOutcomes {
  onCreated: (created: CreatedKey, account: AccountFieldsFragment) => void;
  onUnseen: (unseen: UnseenKey) => void;
  /** The user leaves it without an answer, so that nobody knows whether there is a key. */
  onAbandoned: () => void;
}

/** What a dialog that asks for a new key is given. */
export interface CreationDialogProps extends CreationOutcomes {
  onClose: () => void;
}

/** What a user sees of a request for a new key. `lost`: it may have been made; asking again never makes a second. */
export type Progress = { state: 'ready' | 'asking' } | { state: 'refused' | 'lost'; error: unknown };

type Result = NonNullable<CreateKeyMutation['createKey'] | RotateKeyMutation['rotateKey']>;

/**
 * Asks for a new key, by creation or by rotation, under one idempotency key for as long as the dialog is open: however often the
 * user or the network has it repeated, there is at most one key.
 */
export function useCreation(ask: (idempotencyKey: string) => Promise<Result>, { onClose, ...outcomes }: CreationDialogProps) {
  const [progress, setProgress] = useState<Progress>({ state: 'ready' });
  const [idempotencyKey] = useState(newIdempotencyKey);
  // A refusal to answer says nothing of what an earlier request has done.
  const wasLost = useRef(false);

  const submit = useSingleFlight(async () => {
    setProgress({ state: 'asking' });
    try {
      const error = settle(await ask(idempotencyKey), outcomes);
      wasLost.current = false;
      setProgress(error ? { state: 'refused', error } : { state: 'ready' });
    } catch (error) {
      wasLost.current ||= isOutcomeUnknown(error);
      setProgress({ state: wasLost.current ? 'lost' : 'refused', error });
    }
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void submit();
  };
  const isLost = progress.state === 'lost';
  const isAsking = progress.state === 'asking';
  /** Leaves the dialog, unless an answer is on its way. */
  const leave = () => {
    if (isLost) outcomes.onAbandoned();
    else if (!isAsking) onClose();
  };
  // What was asked for may have been made: from then on, it is asked for again and not changed.
  return { progress, onSubmit, leave, isFixed: isAsking || isLost };
}

/** @returns why there is no new key, where the user has to decide what to do */
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
      return new Error(result.message);
  }
}
