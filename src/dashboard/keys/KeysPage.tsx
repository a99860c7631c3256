import { useCallback, useState } from 'react';
import type { AccountFieldsFragment } from '../../client/gql/graphql.js';
import { useOnline } from '../api/use-online.js';
import type { Viewer } from '../session/session.js';
import { KeyIcon, PlusIcon } from '../ui/icons.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { Loading } from '../ui/Loading.js';
import { Notice } from '../ui/Notice.js';
import { Safeguard } from '../ui/Safeguard.js';
import { Toasts } from '../ui/Toasts.js';
import { useKeptFocus } from '../ui/use-kept-focus.js';
import { FirstSteps } from './FirstSteps.js';
import { KeyDialogs, type OpenDialog } from './KeyDialogs.js';
import { KeyTable } from './KeyTable.js';
import { useWatchedAccount } from './use-watched-account.js';

/** Settings → API keys. */
export default function KeysPage({ viewer }: { viewer: Viewer }) {
  const [open, setOpen] = useState<OpenDialog>();
  const loaded = useWatchedAccount(viewer.accountId ?? '', open !== undefined);
  const { value, loading, reload, show, toasts, closeToast } = loaded;
  const [said, setSaid] = useState<{ text: string }>();
  const heading = useKeptFocus(said, open, value);
  const isOnline = useOnline();

  const close = useCallback(() => setOpen(undefined), []);
  const end = (text: string, account?: AccountFieldsFragment) => {
    setOpen(undefined);
    setSaid({ text });
    if (account) show(account);
    else void reload();
  };

  return (
    <>
      <header className="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            API keys
          </h1>
          <p>Your programs authenticate with a key and its secret. A secret is shown once, when you create its key.</p>
        </div>
        <button
          type="button"
          className="primary"
          disabled={!value?.account.canCreateKey || !isOnline}
          aria-describedby="create-description"
          onClick={() => setOpen({ kind: 'create' })}
        >
          <PlusIcon />
          Create
        </button>
      </header>
      <div id="create-description">
        {value?.account.frozenAt && (
          <Notice kind="warning">
            An operator has frozen this account. No key can be created, rotated or enabled until it is thawed. Keys can be
            deleted.
          </Notice>
        )}
        {value && !value.account.frozenAt && !value.account.canCreateKey && (
          <Notice kind="info">
            You have reached the limit of {value.account.keyLimit} keys. Delete a key to create another, or rotate a key to
            replace it.
          </Notice>
        )}
      </div>
      {!isOnline && <Notice kind="warning">You are offline. This page may be out of date, and you cannot make changes.</Notice>}
      {isOnline && <LoadFailure of={loaded} />}
      <p role="status" className={said ? 'said' : 'visually-hidden'}>
        {said?.text}
      </p>
      {!value && loading && <Loading />}
      {value && value.account.keys.length === 0 && <Empty />}
      {value && value.account.keys.length > 0 && (
        <Safeguard>
          <KeyTable
            keys={value.account.keys}
            lastUsed={value.lastUsed}
            disabled={!isOnline}
            onRotate={(key) => setOpen({ kind: 'rotate', key })}
            onDelete={(key) => {
              void reload();
              setOpen({ kind: 'delete', key });
            }}
          />
        </Safeguard>
      )}
      {value && <FirstSteps hasKey={value.account.keys.length > 0} isUsed={value.lastUsed.size > 0} />}
      <Toasts toasts={toasts} onClose={closeToast} />
      {value && open && (
        <Safeguard key={open.kind}>
          <KeyDialogs
            open={open}
            current={value}
            onOpen={setOpen}
            onClose={close}
            onEnded={end}
            onAccount={show}
            onOutdated={reload}
          />
        </Safeguard>
      )}
    </>
  );
}

function Empty() {
  return (
    <div className="empty">
      <KeyIcon />
      <h2>You have no API keys yet</h2>
      <p>Create one, and use its id and secret as user name and password, or the secret alone as a bearer token.</p>
    </div>
  );
}
