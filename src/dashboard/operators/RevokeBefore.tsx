import { type FormEvent, useEffect, useRef, useState } from 'react';
import { messageOf } from '../api/failures.js';
import { Field } from '../ui/Field.js';
import { Notice } from '../ui/Notice.js';
import { absoluteTime, fromLocal, LAST_LOCAL } from '../ui/time.js';
import { OperateDialog } from './OperateDialog.js';
import { revokeKey } from './operations.js';
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
  const revoke = async ({ keys, before }: Preview, note: string | undefined) => {
    const signal = begin();
    let deleted = 0;
    const onProgress = (count: number) => {
      deleted = count;
      setState({ state: 'deleting', deleted, total: keys.length });
    };
    onProgress(0);
    try {
      setState({ state: 'done', revoked: await revokeEach(keys, note, { signal, onProgress }), before });
    } catch (error) {
      setState({ state: 'failed', message: signal.aborted ? 'You stopped it.' : messageOf(error), deleted });
    }
    onRevoked();
  };
  const isBusy = state?.state === 'reading' || state?.state === 'deleting';
  return (
    <section className="card" aria-labelledby="revoke-before">
      <h2 id="revoke-before">Revoke old keys</h2>
      <p className="hint">
        Deletes every key that was created before a time, such as when a backup was stolen. You see first what it would delete.
        It goes by the date that each key shows; if a clock was wrong, use <code>keyledger revoke --created-before</code> on the
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
          <button type="submit" disabled={isBusy}>
            Preview
          </button>
          {isBusy && (
            <button type="button" className="quiet" onClick={() => running.current?.abort()}>
              Stop
            </button>
          )}
        </div>
      </form>
      {state?.state === 'reading' && <p role="status">{`${state.accounts.toLocaleString('en')} accounts read…`}</p>}
      {state?.state === 'deleting' && (
        <p role="status">{`${state.deleted.toLocaleString('en')} of ${keysOf(state.total)} deleted…`}</p>
      )}
      {state?.state === 'failed' && (
        <Notice kind="danger">
          {state.deleted === undefined
            ? `Nothing was deleted. ${state.message}`
            : `${state.message} ${keysOf(state.deleted)} were deleted until then, and perhaps one more. Preview again to see what is left.`}
        </Notice>
      )}
      {state?.state === 'done' && <Done {...state} />}
      {state?.state === 'previewed' && (
        <Previewed preview={state.preview} onRevoke={() => setState({ ...state, isAsking: true })} />
      )}
      {state?.state === 'previewed' && state.isAsking && (
        <OperateDialog
          title={`Revoke ${keysOf(state.preview.keys.length)}?`}
          action="Revoke for good"
          typed={`revoke ${keysOf(state.preview.keys.length)}`}
          operation={async (note) => {
            // A note that is refused is shown in the dialog.
            const [first] = state.preview.keys;
            if (first) await revokeKey(first.keyId)(note);
            void revoke(state.preview, note);
            return undefined;
          }}
          onDone={() => {}}
          onClose={() => setState({ ...state, isAsking: false })}
        >
          <p>
            {`This deletes ${keysOf(state.preview.keys.length)} of ${accountsOf(state.preview.accounts)}. `}
            <strong>It is permanent and irreversible.</strong>
          </p>
        </OperateDialog>
      )}
    </section>
  );
}

function Previewed({ preview: { before, keys, accounts }, onRevoke }: { preview: Preview; onRevoke: () => void }) {
  const time = absoluteTime(Date.parse(before));
  if (keys.length === 0) return <p role="status">{`No key that is held was created before ${time}.`}</p>;
  const others = keys.length - NAMED;
  return (
    <>
      <p role="status">
        {`${keysOf(keys.length)} of ${accountsOf(accounts)} would be deleted: all that are held and were created before ${time}. Nothing was changed yet.`}
      </p>
      <ul className="what">
        {keys.slice(0, NAMED).map(({ keyId, name, accountId }) => (
          <li key={keyId} translate="no">
            {`${accountId}: ${name} (${keyId})`}
          </li>
        ))}
        {others > 0 && <li>{`and ${keysOf(others)} more`}</li>}
      </ul>
      <div className="buttons">
        <button type="button" className="danger" onClick={onRevoke}>
          {`Revoke ${keysOf(keys.length)}…`}
        </button>
      </div>
    </>
  );
}

function Done({ revoked: { deleted, left }, before }: { revoked: Revoked; before: string }) {
  return (
    <>
      <Notice kind={left.length === 0 ? 'good' : 'warning'}>
        {`${keysOf(deleted)} that were created before ${absoluteTime(Date.parse(before))} are deleted. Other servers follow within seconds.`}
      </Notice>
      {left.length > 0 && (
        <ul className="what">
          {left.map(({ key: { keyId, accountId }, reason }) => (
            <li key={keyId}>{`Not deleted: ${keyId} of ${accountId}. ${reason}`}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function keysOf(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'key' : 'keys'}`;
}

function accountsOf(count: number): string {
  return `${count.toLocaleString('en')} ${count === 1 ? 'account' : 'accounts'}`;
}
