import { useCallback, useMemo, useState } from 'react';
import { type AccountFieldsFragment, AccountsDocument, type AccountsQueryVariables } from '../../client/gql/graphql.js';
import { present, send } from '../api/send.js';
import { useLoaded } from '../api/use-loaded.js';
import { givenIn, go, useAddress } from '../ui/address.js';
import { type FilterField, FilterForm } from '../ui/FilterForm.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { Loading } from '../ui/Loading.js';
import { placeIn } from '../ui/Pager.js';
import { DAY, SECOND } from '../ui/time.js';
import { useKeptFocus } from '../ui/use-kept-focus.js';
import { AccountDialogs, doneOf, type OpenDialog } from './AccountDialogs.js';
import { AccountTable } from './AccountTable.js';
import { RevokeBefore } from './RevokeBefore.js';

const SECONDS_IN_A_DAY = DAY / SECOND;

const FIELDS: readonly FilterField[] = [
  { name: 'search', label: 'Account, key id or name', all: 'any part of it' },
  {
    name: 'status',
    label: 'Status',
    all: 'open or frozen',
    kind: [
      ['OPEN', 'open'],
      ['FROZEN', 'frozen'],
    ],
  },
  {
    name: 'atLimit',
    label: 'Limit',
    all: 'any number of keys',
    kind: [
      ['true', 'at the limit'],
      ['false', 'below the limit'],
    ],
  },
  {
    name: 'expiringWithin',
    label: 'Expires',
    all: 'at any time',
    kind: [
      ['7', 'within 7 days'],
      ['30', 'within 30 days'],
    ],
  },
  {
    name: 'unusedFor',
    label: 'Unused',
    all: 'used or not',
    kind: [
      ['30', 'for 30 days'],
      ['90', 'for 90 days'],
      ['365', 'for a year'],
    ],
  },
];

const SIZE = 20;

/** The accounts and keys of everybody, for operators: search, freeze, revoke. */
export default function AccountsPage() {
  const address = useAddress();
  const [open, setOpen] = useState<OpenDialog>();
  const [said, setSaid] = useState<string>();
  // What this page has changed. A server process that is behind may show an earlier state for a moment.
  const [changed, setChanged] = useState<ReadonlyMap<string, AccountFieldsFragment>>(new Map());
  const load = useCallback(
    async (signal: AbortSignal) => present((await send(AccountsDocument, questionIn(address), { signal })).accounts),
    [address],
  );
  const loaded = useLoaded(load);
  const { value, loading, refresh } = loaded;
  const accounts = useMemo(() => value?.edges.map(({ node }) => newer(node, changed.get(node.accountId))), [value, changed]);
  const heading = useKeptFocus(open, accounts);
  const turn = (place: Record<string, string | undefined>) => {
    const names = FIELDS.map(({ name }) => name);
    go({ ...givenIn(address, names), ...place });
  };
  const done = (account: AccountFieldsFragment | undefined) => {
    setSaid(open && doneOf(open, account));
    setOpen(undefined);
    if (account) setChanged((before) => new Map(before).set(account.accountId, account));
    refresh();
  };
  return (
    <>
      <header className="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            Accounts
          </h1>
          <p>All accounts and their keys. You can revoke keys and freeze accounts. You cannot create keys or see secrets.</p>
        </div>
      </header>
      <FilterForm key={address.toString()} label="Search of accounts" fields={FIELDS} address={address} />
      <p role="status" className={said ? 'said' : 'visually-hidden'}>
        {said}
      </p>
      <LoadFailure of={loaded} />
      {!value && loading && <Loading />}
      {accounts?.length === 0 && <p className="empty">No account matches.</p>}
      {accounts && accounts.length > 0 && <AccountTable accounts={accounts} onOpen={setOpen} />}
      {value && (
        <div className="buttons">
          <button
            type="button"
            disabled={!value.pageInfo.hasPreviousPage}
            onClick={() => turn({ before: value.pageInfo.startCursor ?? undefined })}
          >
            Previous
          </button>
          <button
            type="button"
            disabled={!value.pageInfo.hasNextPage}
            onClick={() => turn({ after: value.pageInfo.endCursor ?? undefined })}
          >
            Next
          </button>
        </div>
      )}
      <RevokeBefore onRevoked={refresh} />
      {open && <AccountDialogs open={open} onDone={done} onClose={() => setOpen(undefined)} />}
    </>
  );
}

/** What the address asks for. The API refuses what is not valid. */
function questionIn(address: URLSearchParams): AccountsQueryVariables {
  const place = placeIn(address);
  const status = address.get('status');
  const atLimit = address.get('atLimit');
  return {
    search: address.get('search') || undefined,
    status: status === 'OPEN' || status === 'FROZEN' ? status : undefined,
    atLimit: atLimit ? atLimit === 'true' : undefined,
    expiringWithinSeconds: secondsIn(address.get('expiringWithin')),
    unusedForSeconds: secondsIn(address.get('unusedFor')),
    ...place,
    ...(place.before === undefined ? { first: SIZE } : { last: SIZE }),
  };
}

function secondsIn(days: string | null): number | undefined {
  return days && /^\d{1,4}$/.test(days) ? Number(days) * SECONDS_IN_A_DAY : undefined;
}

function newer(found: AccountFieldsFragment, changed: AccountFieldsFragment | undefined): AccountFieldsFragment {
  return changed && changed.version > found.version ? changed : found;
}
