import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { messageOf } from '../api/failures.js';
import { counted } from '../ui/counted.js';
import { Field } from '../ui/Field.js';
import { Notice } from '../ui/Notice.js';
import { absoluteTime, fromLocal, LAST_LOCAL } from '../ui/time.js';
import { useKeptFocus } from '../ui/use-kept-focus.js';
import { OperateDialog } from './OperateDialog.js';
import { type Preview, previewBefore, type Revoked, revokeEach } from './revoke-before.js';

type State =
  | { state: 'reading'; accounts: number }
  | { state: 'previewed'; preview: Preview; isAsking?: boolean }
  | { state: 'deleting'; deleted: number; total: number }
  | { state: 'done'; revoked: Revoked; before: string }
  | { state: 'failed'; message: string; deleted: number | undefined };

/** How many keys a preview names. */
const NAMED = 20;

/** Revokes every key that was created before an instant, after a preview. */
export function RevokeBefore({ onRevoked }: { onRevoked: () => void }) {
  const [instant, setInstant] = useState('');
  const [state, setState] = useState<State>();
  const running = useRef<AbortController>(undefined);
  const heading = useKeptFocus(state?.state);
  useEffect(() => () => running.current?.abort(), []);

  const begin = (): AbortSignal => {
    running.current?.abort();
    running.current = new AbortController();
    return running.current.signal;
  };
  const preview = async (event: FormEvent) => {
    event.preventDefault();
    const before = fromLocal(instant);
    if (before === undefined) return;
    const signal = begin();
    setState({ state: 'reading', accounts: 0 });
    try {
      const onProgress = (accounts: number) => setState({ state: 'reading', accounts });
      setState({ state: 'previewed', preview: await previewBefore(before, { signal, onProgress }) });
    } catch (error) {
      if (!signal.aborted) setState({ state: 'failed', message: messageOf(error), deleted: undefined });
      else if (running.current?.signal === signal) setState(undefined);
    }
  };
  const revoke = async (preview: Preview, note: string | undefined) => {
    const signal = begin();
    const steps = revokeEach(preview.keys, note, signal);
    // A note that is refused is refused with the first key, and the dialog shows it.
    const first = await steps.next();
    if (!first.done) void goOn(steps, first.value, preview, signal);
    return undefined;
  };
  const goOn = async (steps: AsyncIterable<Revoked>, first: Revoked, { keys, before }: Preview, signal: AbortSignal) => {
    let revoked = first;
    const show = () => setState({ state: 'deleting', deleted: revoked.deleted, total: keys.length });
    show();
    try {
      for await (revoked of steps) show();
      setState({ state: 'done', revoked, before });
    } catch (error) {
      const message = signal.aborted ? 'You stopped it.' : messageOf(error);
      setState({ state: 'failed', message, deleted: revoked.deleted });
    }
    onRevoked();
  };
  const isBusy = state?.state === 'reading' || state?.state === 'deleting';
  return (
    <section className="card" aria-labelledby="revoke-before">
      <h2 id="revoke-before" ref={heading} tabIndex={-1}>
        Revoke old keys
      </h2>
      <p className="hint">
        Deletes every key that was created before a time, for example after a backup was stolen. A preview shows the keys first.
        It uses the date that each key shows. If a clock was wrong, run <code>keyledger revoke --created-before</code> on the
        server.
      </p>
      <form className="filter" onSubmit={preview}>
        <Field label="Created before">
          {(field) => (
            <input
              {...field}
              type="datetime-local"
              step="any"
              required
              max={LAST_LOCAL}
              value={instant}
              onChange={({ target }) => setInstant(target.value)}
            />
          )}
        </Field>
        <div className="buttons">
          <button type="submit" disabled={state?.state === 'deleting'}>
            Preview
          </button>
          {isBusy && (
            <button type="button" className="quiet" onClick={() => running.current?.abort()}>
              Stop
            </button>
          )}
        </div>
      </form>
      <div role="status">{state && statusOf(state)}</div>
      {state?.state === 'failed' && (
        <Notice kind="danger">
          {state.deleted === undefined
            ? `Nothing was deleted. ${state.message}`
            : `${state.message} Deleted until then: ${counted(state.deleted, 'key')}, and perhaps one more. Preview again to see what is left.`}
        </Notice>
      )}
      {state?.state === 'done' && <Left keys={state.revoked.left} />}
      {state?.state === 'previewed' && state.preview.keys.length > 0 && (
        <Previewed preview={state.preview} onRevoke={() => setState({ ...state, isAsking: true })} />
      )}
      {state?.state === 'previewed' && state.isAsking && (
        <OperateDialog
          title={`Revoke ${counted(state.preview.keys.length, 'key')}?`}
          action="Revoke permanently"
          typed={`revoke ${counted(state.preview.keys.length, 'key')}`}
          operation={(note) => revoke(state.preview, note)}
          onDone={() => {}}
          onClose={() => setState({ ...state, isAsking: false })}
        >
          <p>
            {`This deletes ${counted(state.preview.keys.length, 'key')} of ${counted(state.preview.accounts, 'account')}. `}
            <strong>It is permanent and irreversible.</strong>
          </p>
        </OperateDialog>
      )}
    </section>
  );
}

/** What happens, or has happened. */
function statusOf(state: State): ReactNode {
  switch (state.state) {
    case 'reading':
      return <p>{`${counted(state.accounts, 'account')} read…`}</p>;
    case 'previewed':
      return <p>{foundIn(state.preview)}</p>;
    case 'deleting':
      return <p>{`${state.deleted.toLocaleString('en')} of ${counted(state.total, 'key')} deleted…`}</p>;
    case 'done':
      return <p className="said">{doneOf(state.revoked, state.before)}</p>;
    case 'failed':
      return undefined;
  }
}

function foundIn({ before, keys, accounts }: Preview): string {
  const created = `created before ${absoluteTime(Date.parse(before))}`;
  if (keys.length === 0) return `No active key was ${created}.`;
  return `${counted(keys.length, 'key')} of ${counted(accounts, 'account')} would be deleted: all that were ${created}. Nothing has changed yet.`;
}

function doneOf({ deleted }: Revoked, before: string): string {
  const created = `created before ${absoluteTime(Date.parse(before))}`;
  return `Deleted ${counted(deleted, 'key')} ${created}. Other servers follow within seconds.`;
}

/** The keys that would be deleted. */
function Previewed({ preview: { keys }, onRevoke }: { preview: Preview; onRevoke: () => void }) {
  const others = keys.length - NAMED;
  return (
    <>
      <ul className="what">
        {keys.slice(0, NAMED).map(({ keyId, name, accountId }) => (
          <li key={keyId} translate="no">
            {`${accountId}: ${name} (${keyId})`}
          </li>
        ))}
        {others > 0 && <li>{`and ${counted(others, 'key')} more`}</li>}
      </ul>
      <div className="buttons">
        <button type="button" className="danger" onClick={onRevoke}>
          {`Revoke ${counted(keys.length, 'key')}…`}
        </button>
      </div>
    </>
  );
}

/** The keys that could not be deleted. */
function Left({ keys }: { keys: Revoked['left'] }) {
  if (keys.length === 0) return null;
  return (
    <Notice kind="warning">
      <ul className="what">
        {keys.map(({ key: { keyId, accountId }, reason }) => (
          <li key={keyId}>{`Not deleted: ${keyId} of ${accountId}. ${reason}`}</li>
        ))}
      </ul>
    </Notice>
  );
}
