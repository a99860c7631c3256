import { type RefObject, useCallback, useState } from 'react';
import type { AccountFieldsFragment } from '../../client/gql/graphql.js';
import { PAGE } from '../../shared/paths.js';
import type { Viewer } from '../session/session.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { Loading } from '../ui/Loading.js';
import { Notice } from '../ui/Notice.js';
import { Safeguard } from '../ui/Safeguard.js';
import { Toasts } from '../ui/Toasts.js';
import { useKeptFocus } from '../ui/use-kept-focus.js';
import { KeyDialogs, type OpenDialog } from './KeyDialogs.js';
import { KeyFacts } from './KeyFacts.js';
import { KeyHead } from './KeyHead.js';
import { KeyHistory } from './KeyHistory.js';
import { KeyUses } from './KeyUses.js';
import { keyAddress, keyInAddress } from './key-address.js';
import { useWatchedAccount } from './use-watched-account.js';

/** One key: what it is, how it was used, everything that happened to it, and every change that its owner can make. */
export default function KeyPage({ viewer }: { viewer: Viewer }) {
  const accountId = viewer.accountId ?? '';
  const [keyId, setKeyId] = useState(keyInAddress);
  const [open, setOpen] = useState<OpenDialog>();
  const [said, setSaid] = useState<string>();
  const loaded = useWatchedAccount(accountId, open !== undefined);
  const { value, show, reload, toasts, closeToast } = loaded;
  const key = value?.account.keys.find((held) => held.keyId === keyId);
  const heading = useKeptFocus(key, open);

  // The dialog with a secret outlives the key that it replaces. Its own key is the page's from then on.
  const close = useCallback(() => {
    if (open?.kind === 'secret') {
      history.replaceState(null, '', keyAddress(open.created.key.keyId));
      setKeyId(open.created.key.keyId);
    }
    setOpen(undefined);
  }, [open]);
  const end = (text: string, account?: AccountFieldsFragment) => {
    setOpen(undefined);
    setSaid(text);
    if (account) show(account);
    else void reload();
  };

  return (
    <>
      <nav aria-label="Back">
        <a href={PAGE.keys}>← All keys</a>
      </nav>
      <p role="status" className={said ? 'said' : 'visually-hidden'}>
        {said}
      </p>
      <LoadFailure of={loaded} />
      {!value && loaded.loading && <Loading />}
      {value && !key && <Gone heading={heading} />}
      {key && (
        <>
          <KeyHead held={key} heading={heading} onOpen={setOpen} onChanged={show} />
          <KeyFacts of={key} lastUsedAt={value?.lastUsed.get(keyId)} />
          <div className="figures">
            <Safeguard>
              <KeyUses accountId={accountId} keyId={keyId} />
            </Safeguard>
          </div>
        </>
      )}
      {value && (
        <Safeguard>
          <KeyHistory
            key={keyId}
            account={accountId}
            keyId={keyId}
            isHeld={key !== undefined}
            changes={value.account.version + loaded.changes}
          />
        </Safeguard>
      )}
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

function Gone({ heading }: { heading: RefObject<HTMLHeadingElement | null> }) {
  return (
    <>
      <h1 ref={heading} tabIndex={-1}>
        API key
      </h1>
      <Notice kind="info">Your account has no key with this id. If it was deleted, its history is below.</Notice>
    </>
  );
}
