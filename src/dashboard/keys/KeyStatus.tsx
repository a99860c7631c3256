import type { KeyFieldsFragment } from '../../client/gql/graphql.js';
import { useNow } from '../api/use-now.js';
import { DAY } from '../ui/time.js';

/** How long before its expiry a key is marked as expiring soon, in milliseconds. */
const SOON = 7 * DAY;

export function KeyStatus({ of: { status, expiresAt } }: { of: KeyFieldsFragment }) {
  const now = useNow();
  if (status === 'EXPIRED') return <span className="status expired">Expired</span>;
  if (status === 'DISABLED') return <span className="status expired">Disabled</span>;
  if (expiresAt && Date.parse(expiresAt) - now < SOON) return <span className="status expired">Expires soon</span>;
  return <span className="status active">Active</span>;
}
