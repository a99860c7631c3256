import { useMemo, useState } from 'react';
import { PAGE } from '../../shared/paths.js';
import { go, hrefOf, useAddress } from '../ui/address.js';
import { Notice } from '../ui/Notice.js';
import { Safeguard } from '../ui/Safeguard.js';
import { AccountsAtLimit } from './AccountsAtLimit.js';
import { DistributionCard } from './DistributionCard.js';
import { FunnelCard } from './FunnelCard.js';
import { RangeForm } from './RangeForm.js';
import { choiceIn, OWN_ZONE, parametersOf, rangeOf } from './range.js';
import { SeriesCard, type SeriesCardProps } from './SeriesCard.js';
import { Totals } from './Totals.js';
import '../styles/analytics.css';

const SERIES: readonly Omit<SeriesCardProps, 'range'>[] = [
  { title: 'Active keys', name: 'active-keys', measures: [{ metric: 'ACTIVE_KEYS', label: 'Active' }] },
  {
    title: 'Keys created, deleted and rotated',
    name: 'keys-changed',
    measures: [
      { metric: 'KEYS_CREATED', label: 'Created' },
      { metric: 'KEYS_DELETED', label: 'Deleted' },
      { metric: 'KEYS_ROTATED', label: 'Rotated' },
    ],
  },
  {
    title: 'Why keys were deleted',
    name: 'deletions',
    measures: [
      { metric: 'KEYS_DELETED_REQUESTED', label: 'Requested' },
      { metric: 'KEYS_DELETED_ROTATED', label: 'Rotated' },
      { metric: 'KEYS_DELETED_EXPIRED', label: 'Expired' },
      { metric: 'KEYS_DELETED_LEAKED', label: 'Leaked' },
      { metric: 'KEYS_DELETED_REVOKED', label: 'Revoked' },
    ],
  },
  {
    title: 'Accounts at the limit, and what it refused',
    name: 'limit',
    measures: [
      { metric: 'ACCOUNTS_AT_LIMIT', label: 'Accounts at the limit' },
      { metric: 'CREATES_REFUSED', label: 'Creates refused' },
    ],
  },
  { title: 'Verifications', name: 'verifications', measures: [{ metric: 'VERIFICATIONS', label: 'Verifications' }] },
];

/** How keys are used, in numbers and without names. */
export default function AnalyticsPage() {
  const address = useAddress();
  // Whoever asks again for the same days means those up to now.
  const [now, setNow] = useState(Date.now);
  const choice = useMemo(() => choiceIn(address), [address]);
  const range = useMemo(() => rangeOf(choice, now), [choice, now]);
  return (
    <>
      <header className="page-head">
        <div>
          <h1>Analytics</h1>
          <p>How keys are used. Accounts appear under pseudonyms, and no names are shown.</p>
        </div>
      </header>
      <Safeguard>
        <Totals />
      </Safeguard>
      {OWN_ZONE.unknown !== undefined && (
        <Notice kind="info">
          Your browser reports an unknown time zone, <span translate="no">{OWN_ZONE.unknown}</span>. The plots use UTC. You can
          choose another time zone.
        </Notice>
      )}
      <RangeForm
        key={address.toString()}
        initial={choice}
        onChoose={(next) => {
          go(parametersOf(next));
          setNow(Date.now());
        }}
      />
      <p className="hint">
        <a href={hrefOf(PAGE.analytics, parametersOf({ ...choice, ...range, days: '' }))}>
          Link to exactly these plots over time
        </a>
        , with this time, interval and time zone.
      </p>
      <div className="figures">
        {SERIES.map((series) => (
          <Safeguard key={series.name}>
            <SeriesCard {...series} range={range} />
          </Safeguard>
        ))}
        <Safeguard>
          <DistributionCard title="Lifetimes of keys" name="lifetimes" metric="LIFETIME" />
        </Safeguard>
        <Safeguard>
          <DistributionCard title="Ages of active keys" name="ages" metric="KEY_AGE" />
        </Safeguard>
        <Safeguard>
          <DistributionCard title="Time since active keys were used" name="unused" metric="TIME_UNUSED" />
        </Safeguard>
        <Safeguard>
          <DistributionCard title="Time until active keys expire" name="expiring" metric="TIME_TO_EXPIRY" />
        </Safeguard>
        <Safeguard>
          <FunnelCard />
        </Safeguard>
        <Safeguard>
          <AccountsAtLimit />
        </Safeguard>
      </div>
    </>
  );
}
