import { useState } from 'react';
import { CreateKeyDocument } from '../../client/gql/graphql.js';
import { fieldFaults } from '../api/field-faults.js';
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
  const [sent, setSent] = useState<{ scopes: string[] }>();

  const { progress, onSubmit, leave, isFixed } = useCreation((idempotencyKey) => {
    const input = {
      name,
      scopes: scopes.split(/\s+/).filter(Boolean),
      expiresAt: expiryOf(expiry, Date.now()),
      idempotencyKey,
    };
    setSent(input);
    return async () => (await send(CreateKeyDocument, { input }, { partial: true })).createKey;
  }, props);

  const refusal = progress.state === 'refused' ? progress.error : undefined;
  const faults = fieldFaults(refusal, ['name', 'expiresAt', 'scopes'], sent);

  return (
    <Dialog title="Create an API key" onCloseRequest={leave}>
      <form onSubmit={onSubmit}>
        <fieldset disabled={isFixed}>
          <NameField value={name} onChange={setName} fault={faults.get('name')} />
          <ExpiryField value={expiry} onChange={setExpiry} fault={faults.get('expiresAt')} />
          <Field
            label="Scopes (optional)"
            hint="What the key may be used for, separated by spaces. Your services define the scopes."
            fault={faults.get('scopes')}
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
        <Submission progress={faults.size > 0 ? { state: 'ready' } : progress} action="Create" onCancel={leave} />
      </form>
    </Dialog>
  );
}
