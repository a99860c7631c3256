import type { ReactNode } from 'react';
import { forgetTree } from '../transparency/kept-tree.js';
import { areOf, counted } from '../ui/counted.js';
import { ShieldIcon } from '../ui/icons.js';
import { Notice } from '../ui/Notice.js';
import { absoluteTime } from '../ui/time.js';
import type { HistoryRow } from './load-history.js';
import type { LogVerdict } from './verify-log.js';

export interface VerifiedBadgeProps {
  log: LogVerdict;
  rows: HistoryRow[];
  /** The user accepts the present log as the right one. */
  onForget: () => void;
}

/**
 * Shows what this browser has verified about the displayed history, independent of the server's claims. Each state has a key, so that React
 * replaces a notice as a whole: a translator in the browser may have moved its texts.
 */
export function VerifiedBadge({ log, rows, onForget }: VerifiedBadgeProps) {
  const count = (verdict: HistoryRow['verdict']) => rows.filter((row) => row.verdict === verdict).length;
  if (log.state === 'unchecked' || log.state === 'unsigned') {
    return (
      <Notice key="unchecked" kind="info">
        The history was not verified. {log.reason}
      </Notice>
    );
  }
  if (log.state === 'broken') return <Distrusted key="broken">{log.reason}</Distrusted>;
  if (log.state === 'rewritten') {
    const forget = () => {
      forgetTree();
      onForget();
    };
    return (
      <Distrusted key="rewritten">
        {log.reason} If you know why, the browser can{' '}
        <button type="button" onClick={forget}>
          Forget what it saw
        </button>
      </Distrusted>
    );
  }
  if (count('wrong') > 0) {
    return (
      <Distrusted key="wrong">
        {`${counted(count('wrong'), 'event')} shown here ${areOf(count('wrong'))} not in the log that was signed.`}
      </Distrusted>
    );
  }
  if (count('unreadable') > 0) {
    return (
      <Notice key="unreadable" kind="danger">
        <strong>The history was not verified.</strong> {counted(count('unreadable'), 'event')} shown here cannot be read by the
        server. Contact its operator.
      </Notice>
    );
  }
  const pending = `${counted(count('pending'), 'event')} will be signed within seconds.`;
  if (count('pending') > 0 && count('proved') === 0) {
    return (
      <Notice key="pending" kind="info">
        The history is not verified yet. {pending}
      </Notice>
    );
  }
  if (rows.length === 0) {
    return (
      <Notice key="empty" kind="info">
        No event is shown here, so none was verified.
      </Notice>
    );
  }
  const { tree, kept } = log;
  const before = kept ? `, which goes on from what this browser saw on ${absoluteTime(kept.seenAt)}` : '';
  return (
    <Notice key="verified" kind="good">
      <ShieldIcon /> <strong>Verified by this browser.</strong>{' '}
      <span>
        {`${counted(count('proved'), 'event')} shown here ${areOf(count('proved'))} in the signed log of ${tree.size.toLocaleString('en')}${before}.`}
      </span>
      {count('pending') > 0 && <span> {pending}</span>}
    </Notice>
  );
}

function Distrusted({ children }: { children: ReactNode }) {
  return (
    <Notice kind="danger">
      <strong>The history cannot be trusted.</strong> <span>{children}</span>
    </Notice>
  );
}
