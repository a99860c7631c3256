import type { KeyFieldsFragment } from '../../client/gql/graphql.js';
import { PlainCopy } from '../ui/PlainCopy.js';
import { Time } from '../ui/Time.js';

export interface KeyFactsProps {
  of: KeyFieldsFragment;
  lastUsedAt: string | undefined;
}

/** What is known of a key. Its secret is not: nobody can show it again. */
export function KeyFacts({ of: { keyId, hint, scopes, createdAt, createdBy, expiresAt }, lastUsedAt }: KeyFactsProps) {
  return (
    <dl className="card facts">
      <dt>Key id</dt>
      <dd>
        <PlainCopy text={keyId} what="key id" />
      </dd>
      <dt>Secret ends in</dt>
      <dd>
        <code translate="no">…{hint}</code>
      </dd>
      <dt>Created</dt>
      <dd>
        <Time at={createdAt} /> <span className="detail">by {createdBy}</span>
      </dd>
      <dt>Last used</dt>
      <dd>{lastUsedAt ? <Time at={lastUsedAt} /> : <span>never</span>}</dd>
      <dt>Expires</dt>
      <dd>{expiresAt ? <Time at={expiresAt} /> : <span>never</span>}</dd>
      <dt>Scopes</dt>
      <dd translate="no">{scopes.length > 0 ? scopes.join(' ') : '—'}</dd>
    </dl>
  );
}
