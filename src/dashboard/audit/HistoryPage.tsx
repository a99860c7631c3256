import { type FormEvent, useState } from 'react';
import { useChanges } from '../api/use-changes.js';
import type { Viewer } from '../session/session.js';
import { Field } from '../ui/Field.js';
import { AsOf } from './AsOf.js';
import { EventLog } from './EventLog.js';

/** The events of an account and its keys at any time. Auditors see every account. */
export default function HistoryPage({ viewer }: { viewer: Viewer }) {
  const isAuditor = viewer.roles.includes('AUDITOR');
  const [account, setAccount] = useState(isAuditor ? accountInAddress() : (viewer.accountId ?? undefined));
  return (
    <>
      <header className="page-head">
        <div>
          <h1>History</h1>
          <p>Everything that ever happened to the keys. Nothing here can be changed, by anybody.</p>
        </div>
        {isAuditor && <AccountChoice account={account} onChange={setAccount} />}
      </header>
      <AccountHistory key={account} account={account} />
    </>
  );
}

function AccountHistory({ account }: { account: string | undefined }) {
  const changes = useChanges(account);
  return (
    <>
      {account !== undefined && <AsOf account={account} changes={changes} />}
      <EventLog account={account} changes={changes} />
    </>
  );
}

interface AccountChoiceProps {
  account: string | undefined;
  onChange: (account: string | undefined) => void;
}

/** The form for the account that an auditor reads. The account is in the URL, so that it can be bookmarked. */
function AccountChoice({ account, onChange }: AccountChoiceProps) {
  const [typed, setTyped] = useState(account ?? '');
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const chosen = typed.trim() || undefined;
    history.replaceState(null, '', chosen ? `?account=${encodeURIComponent(chosen)}` : location.pathname);
    onChange(chosen);
  };
  return (
    <form className="inline" onSubmit={onSubmit}>
      <Field label="Account">
        {(field) => (
          <input
            {...field}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
            placeholder="all accounts"
            autoCapitalize="none"
            spellCheck={false}
          />
        )}
      </Field>
      <button type="submit">Apply</button>
    </form>
  );
}

function accountInAddress(): string | undefined {
  return new URLSearchParams(location.search).get('account') ?? undefined;
}
