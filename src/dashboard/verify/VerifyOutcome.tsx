import { counted } from '../ui/counted.js';
import { Notice } from '../ui/Notice.js';
import type { ExportFault } from './export-fault.js';
import type { ProvedExport } from './verify-export.js';

/** The result of verifying a file. */
export type Outcome =
  /** `part`: how much of the file was read, from 0 to 1. */
  | { state: 'reading'; part: number }
  | { state: 'proved'; proved: ProvedExport }
  /** The file is not what was signed. */
  | { state: 'refused'; fault: ExportFault }
  /** A field holds no key, or no checkpoint. */
  | { state: 'untrusted'; field: 'key' | 'kept'; message: string }
  /** Nothing could be verified. */
  | { state: 'failed'; message: string };

/** Says what is proved about a file, and what is not. Each state has a key, so that React replaces it as a whole. */
export function VerifyOutcome({ of: outcome }: { of: Outcome }) {
  switch (outcome.state) {
    case 'reading':
      return (
        <div key="reading">
          <progress aria-label="Verifying the file" value={outcome.part} max={1} />
        </div>
      );
    case 'proved':
      return <Proved key="proved" of={outcome.proved} />;
    case 'refused':
      return <Refused key="refused" fault={outcome.fault} />;
    case 'untrusted':
      return (
        <Notice key="untrusted" kind="danger">
          The file was not verified: correct the field above first.
        </Notice>
      );
    case 'failed':
      return (
        <Notice key="failed" kind="danger">
          {outcome.message}
        </Notice>
      );
  }
}

function Refused({ fault: { reason, line, eventId } }: { fault: ExportFault }) {
  const place = line === undefined ? '' : `Line ${line.toLocaleString('en')}: `;
  return (
    <Notice kind="danger">
      <strong>Not proved. Do not trust this file.</strong> <span>{`${place}${reason.replace(/\.$/, '')}.`}</span>{' '}
      {eventId !== undefined && (
        <span>
          Event <code translate="no">{eventId}</code>.
        </span>
      )}
    </Notice>
  );
}

function Proved({ of: proved }: { of: ProvedExport }) {
  const { events, accounts, isWhole, checkpoint, kept } = proved;
  return (
    <>
      <Notice kind="good">
        <strong>Proved.</strong>{' '}
        <span>
          {isWhole
            ? `The file holds all events that were signed: ${counted(events, 'event')} of ${counted(accounts, 'account')}. None was changed, removed, added or moved.`
            : `${counted(events, 'event')}, ${events === 1 ? '' : 'each '}unchanged and in its place in the signed log of ${counted(checkpoint.size, 'event')}.`}
        </span>
      </Notice>
      <section className="card" aria-labelledby="not-proved">
        <h2 id="not-proved">What this does not prove</h2>
        <ul>
          {!isWhole && <li>That no event is missing. Only an export of everything proves that.</li>}
          {kept === 0 && (
            <li>
              That the server did not rewrite the log before it signed. For that, give a checkpoint that you kept from an
              earlier day.
            </li>
          )}
          {checkpoint.previous && (
            <li>{`That nothing was lost: the log continues under a new origin since events were lost. The last checkpoint before covered ${counted(checkpoint.previous.size, 'event')}.`}</li>
          )}
          <li>That the key above belongs to your log. Compare it with one from a source that you trust.</li>
          <li>Who used the token that an event names as its actor.</li>
          <li>
            That the server kept its own rules, such as two keys for an account. <code>keyledger verify-log</code> checks these,
            too.
          </li>
        </ul>
        <dl className="facts">
          <dt>Log</dt>
          <dd translate="no">{checkpoint.origin}</dd>
          <dt>Signed size</dt>
          <dd>{checkpoint.size.toLocaleString('en')}</dd>
          <dt>Kept checkpoints that agree</dt>
          <dd>{kept}</dd>
        </dl>
      </section>
    </>
  );
}
