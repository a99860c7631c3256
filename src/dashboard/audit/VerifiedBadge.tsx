import type { ReactNode } from 'react';
import { forgetTree } from '../transparency/kept-tree.js';
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

/** Shows what this browser has verified about the displayed history, independent of the server's claims. */
export function VerifiedBadge({ log, rows, onForget }: VerifiedBadgeProps) {
  const count = (verdict: string) => rows.filter((row) => row.verdict === verdict).length;
  if (log.state === 'unchecked' || log.state === 'unsigned') {
    return <Notice kind="info">The history was not verified. {log.reason}</Notice>;
  }
  if (log.state === 'broken') return <Distrusted>{log.reason}</Distrusted>;
  if (log.state === 'rewritten') {
    const forget = () => {
      forgetTree();
      onForget();
    };
    return (
      <Distrusted>
        {log.reason} If you know why, the browser can{' '}
        <button type="button" onClick={forget}>
          Forget what it saw
        </button>
      </Distrusted>
    );
  }
  if (count('wrong') > 0) {
    return (
      <Distrusted>
        {plural(count('wrong'), 'event')} shown here {count('wrong') === 1 ? 'is' : 'are'} not in the log that was signed.
      </Distrusted>
    );
  }
  if (count('unreadable') > 0) {
    return (
      <Notice kind="danger">
        <strong>The history was not verified.</strong> {plural(count('unreadable'), 'event')} shown here cannot be read by the
        server. Tell its operator.
      </Notice>
    );
  }
  const pending = `${plural(count('pending'), 'event')} will be signed within seconds.`;
  if (count('pending') > 0 && count('proved') === 0) {
    return <Notice kind="info">The history is not verified yet. {pending}</Notice>;
  }
  const { tree, kept } = log;
  return (
    <Notice kind="good">
      <ShieldIcon /> <strong>Verified by this browser.</strong> {plural(count('proved'), 'event')} shown here{' '}
      {count('proved') === 1 ? 'is' : 'are'} in the signed log of {tree.size.toLocaleString('en')}
      {kept && `, which goes on from what this browser saw on ${absoluteTime(kept.seenAt)}`}.
      {count('pending') > 0 && ` ${pending}`}
    </Notice>
  );
}

function Distrusted({ children }: { children: ReactNode }) {
  return (
    <Notice kind="danger">
      <strong>The history cannot be trusted.</strong> {children}
    </Notice>
  );
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
