import { useMemo } from 'react';
import type { EventFilter } from '../../client/gql/graphql.js';
import { useChanges } from '../api/use-changes.js';
import type { Viewer } from '../session/session.js';
import { go, useAddress } from '../ui/address.js';
import { type FilterField, FilterForm } from '../ui/FilterForm.js';
import { Notice } from '../ui/Notice.js';
import { placeIn } from '../ui/Pager.js';
import { AsOf } from './AsOf.js';
import { DeletedKeys } from './DeletedKeys.js';
import { EventLog } from './EventLog.js';
import { ExportEvents } from './ExportEvents.js';
import { type Chosen, chosenIn, EVENT_TYPES, filterOf, UnknownFilter } from './event-filter.js';

const ACCOUNT: FilterField = { name: 'account', label: 'Account', all: 'all accounts' };

const FIELDS: readonly FilterField[] = [
  { name: 'keyId', label: 'Key id', all: 'all keys' },
  { name: 'type', label: 'Type', all: 'all types', kind: EVENT_TYPES },
  { name: 'actor', label: 'Actor', all: 'anybody' },
  { name: 'from', label: 'From', all: '', kind: 'time' },
  { name: 'to', label: 'To', all: '', kind: 'time' },
];

/** The events of an account and its keys at any time. Auditors see every account. */
export default function HistoryPage({ viewer }: { viewer: Viewer }) {
  const address = useAddress();
  const isAuditor = viewer.roles.includes('AUDITOR');
  const ownAccount = viewer.accountId ?? undefined;
  const asked = useMemo(() => {
    const chosen = chosenIn(address);
    return isAuditor || ownAccount === undefined ? chosen : { ...chosen, account: ownAccount };
  }, [address, isAuditor, ownAccount]);
  const { filter, fault } = useMemo(() => read(asked), [asked]);
  const { account } = asked;
  return (
    <>
      <header className="page-head">
        <div>
          <h1>History</h1>
          <p>Everything that happened to the keys. Nobody can change it.</p>
        </div>
      </header>
      <FilterForm
        key={address.toString()}
        label="Filter of events"
        fields={isAuditor ? [ACCOUNT, ...FIELDS] : FIELDS}
        address={address}
      />
      {fault !== undefined && <Notice kind="danger">{fault}</Notice>}
      {filter && (
        <Events
          key={account}
          account={account}
          filter={filter}
          asked={chosenIn(address)}
          address={address}
          showAccount={isAuditor}
        />
      )}
    </>
  );
}

interface EventsProps {
  account: string | undefined;
  filter: EventFilter;
  /** The filter in the address. */
  asked: Chosen;
  address: URLSearchParams;
  showAccount: boolean;
}

function Events({ account, filter, asked, address, showAccount }: EventsProps) {
  const place = useMemo(() => placeIn(address), [address]);
  const changes = useChanges(account);
  return (
    <>
      {account !== undefined && <AsOf account={account} changes={changes} />}
      <ExportEvents filter={filter} />
      <EventLog
        filter={filter}
        place={place}
        onPlace={(next) => go({ ...asked, ...next })}
        showAccount={showAccount && account === undefined}
        {...(Object.keys(asked).length > 0 && { empty: 'No event matches the filter.' })}
        changes={changes}
      />
      {account !== undefined && <DeletedKeys account={account} changes={changes} />}
    </>
  );
}

function read(chosen: Chosen): { filter?: EventFilter; fault?: string } {
  try {
    return { filter: filterOf(chosen) };
  } catch (error) {
    if (error instanceof UnknownFilter) return { fault: error.message };
    throw error;
  }
}
