import { useState } from 'react';
import { CreateKeyDocument } from '../../client/gql/graphql.js';
import { messageOf, Refused } from '../api/failures.js';
import { send } from '../api/send.js';
import { Dialog } from '../ui/Dialog.js';
import { Field } from '../ui/Field.js';
import { ExpiryField, expiryOf } from './ExpiryField.js';
import { NameField } from './NameField.js';
import { Submission } from './Submission.js';
import { type CreationDialogProps, useCreation } from './use-creation.js';

/** Asks for the properties of a new key, and creates it. */
export function CreateDialog(props: CreationDialogProps) {
  const [name, setName] = useState('');
  const [expiry, setExpiry] = useState({ choice: '', custom: '' });
  const [scopes, setScopes] = useState('');

  const { progress, onSubmit, leave, isFixed } = useCreation((idempotencyKey) => {
    const input = {
      name,
      scopes: scopes.split(/\s+/).filter(Boolean),
      expiresAt: expiryOf(expiry, Date.now()),
      idempotencyKey,
    };
    return async () => (await send(CreateKeyDocument, { input }, { partial: true })).createKey;
  }, props);

  const fault = progress.state === 'refused' ? faultOf(progress.error) : undefined;
  const faultAt = (field: string) => (fault?.field === field ? fault.message : undefined);

  return (
    <Dialog title="Create an API key" onCloseRequest={leave}>
      <form onSubmit={onSubmit}>
        <fieldset disabled={isFixed}>
          <NameField value={name} onChange={setName} fault={faultAt('name')} />
          <ExpiryField value={expiry} onChange={setExpiry} fault={faultAt('expiresAt')} />
          <Field
            label="Scopes (optional)"
            hint="What the key may be used for, separated by spaces. Your services define the scopes."
            fault={faultAt('scopes')}
          >
            {(field) => (
              <input
                {...field}
                value={scopes}
                onChange={({ target }) => setScopes(target.value)}
                placeholder="read write"
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
              />
            )}
          </Field>
        </fieldset>
        <Submission progress={fault ? { state: 'ready' } : progress} action="Create" onCancel={leave} />
      </form>
    </Dialog>
  );
}

/** The invalid field and the reason, if the API names one: `input.name must not be empty`. */
function faultOf(error: unknown): { field: string; message: string } | undefined {
  const [, field] = (error instanceof Refused && /^input\.(name|expiresAt|scopes)\b/.exec(error.argument ?? '')) || [];
  return field === undefined ? undefined : { field, message: messageOf(error).replace(/^input\S+ /, 'It ') };
}
