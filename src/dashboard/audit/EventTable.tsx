import type { ReactNode } from 'react';
import type { ShownEvent } from '../transparency/shown-event.js';
import { absoluteTime } from '../ui/time.js';
import type { HistoryRow, Verdict } from './load-history.js';

const VERDICTS: Record<Verdict, { text: string; kind: string }> = {
  proved: { text: 'Verified', kind: 'active' },
  pending: { text: 'Not yet signed', kind: '' },
  unchecked: { text: 'Not checked', kind: '' },
  wrong: { text: 'Not in the log', kind: 'wrong' },
  unreadable: { text: 'Cannot be read', kind: 'wrong' },
};

export interface EventTableProps {
  rows: HistoryRow[];
  showAccount: boolean;
}

export function EventTable({ rows, showAccount }: EventTableProps) {
  return (
    <table className="stacked">
      <caption className="visually-hidden">Events, the newest first</caption>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">What</th>
          <th scope="col">Who</th>
          {showAccount && <th scope="col">Account</th>}
          <th scope="col">Proof</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ event, verdict }) => (
          <tr key={event.id}>
            <td data-label="When">
              <time dateTime={event.metadata.at}>{absoluteTime(Date.parse(event.metadata.at))}</time>
            </td>
            <td data-label="What" className="what">
              <span>{verdict === 'unreadable' ? event.type : sentence(event)}</span>
              <details>
                <summary>Details</summary>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable with the keyboard */}
                <pre tabIndex={0}>{JSON.stringify(event, null, 2)}</pre>
              </details>
            </td>
            <td data-label="Who">{event.metadata.actor}</td>
            {showAccount && <td data-label="Account">{event.account}</td>}
            <td data-label="Proof">
              <span className={`status ${VERDICTS[verdict].kind}`}>{VERDICTS[verdict].text}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const REASONS: Record<string, string> = {
  REQUESTED: 'was deleted',
  ROTATED: 'was deleted: another key replaced it',
  EXPIRED: 'was deleted: it had expired, and a new key needed its slot',
  LEAKED: 'was deleted: its secret had leaked',
  REVOKED: 'was deleted by an operator',
};

/** What an operator noted. */
function noteOf({ note }: ShownEvent['data']): string {
  return note === undefined ? '' : `: ${String(note)}`;
}

/** The event as a sentence. For an unknown type, its name. */
function sentence({ type, data }: ShownEvent): ReactNode {
  const key = <code translate="no">{String(data.keyId)}</code>;
  switch (type) {
    case 'KeyCreated':
      return (
        <>
          <strong translate="no">{String(data.name)}</strong> <span>was created as</span> {key}
          {data.replaces !== undefined && (
            <span>
              , to replace <code translate="no">{String(data.replaces)}</code>
            </span>
          )}
        </>
      );
    case 'KeyDeleted':
      return (
        <>
          {key} <span>{REASONS[String(data.reason)] ?? 'was deleted'}</span>
          {noteOf(data)}
        </>
      );
    case 'KeyExpirySet':
      return (
        <>
          {key} expires at {absoluteTime(Date.parse(String(data.expiresAt)))}
        </>
      );
    case 'KeyRenamed':
      return (
        <>
          {key} was renamed to <strong translate="no">{String(data.name)}</strong>
        </>
      );
    case 'KeyDisabled':
      return <>{key} was disabled</>;
    case 'KeyEnabled':
      return <>{key} was enabled again</>;
    case 'AccountFrozen':
      return <>The account was frozen{noteOf(data)}</>;
    case 'AccountThawed':
      return <>The account was thawed{noteOf(data)}</>;
    default:
      return type;
  }
}
