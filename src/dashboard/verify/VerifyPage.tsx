import { useCallback, useEffect, useRef, useState } from 'react';
import { CheckpointDocument, ConsistencyProofDocument } from '../../client/gql/graphql.js';
import { messageOf } from '../api/failures.js';
import { send } from '../api/send.js';
import { keptTree } from '../transparency/kept-tree.js';
import { BusyButton } from '../ui/BusyButton.js';
import { Field } from '../ui/Field.js';
import { ExportFault } from './export-fault.js';
import { NotTrusted, readTrusted } from './trusted.js';
import { type Outcome, VerifyOutcome } from './VerifyOutcome.js';
import { type AskForProof, verifyExport } from './verify-export.js';

/** Verifies an export in the browser. Once the page is loaded, it needs a server only for a proof that a file lacks. */
export default function VerifyPage() {
  const [key, setKey] = useState(() => keptTree()?.publicKey ?? '');
  const [kept, setKept] = useState('');
  const [file, setFile] = useState<File>();
  const [outcome, setOutcome] = useState<Outcome>();
  const running = useRef<AbortController>(undefined);

  useEffect(() => {
    const left = new AbortController();
    const show = (found: string) => setKey((given) => given || found);
    send(CheckpointDocument, {}, { signal: left.signal }).then(
      ({ checkpoint }) => show(checkpoint.publicKey),
      () => {},
    );
    return () => left.abort();
  }, []);

  const verify = useCallback(
    async (chosen: File) => {
      running.current?.abort();
      const own = new AbortController();
      running.current = own;
      const { signal } = own;
      const change = (next: Outcome) => !signal.aborted && setOutcome(next);
      setFile(chosen);
      change({ state: 'reading', part: 0 });
      try {
        const trusted = await readTrusted(key, kept);
        let shown = 0;
        const onProgress = (part: number) => {
          if (part - shown < 0.01) return;
          shown = part;
          change({ state: 'reading', part });
        };
        const askForProof: AskForProof = (fromSize, toSize) =>
          send(ConsistencyProofDocument, { fromSize, toSize }, { signal }).then(
            ({ consistencyProof }) => consistencyProof.path,
            () => undefined,
          );
        change({ state: 'proved', proved: await verifyExport(chosen, { ...trusted, askForProof, signal, onProgress }) });
      } catch (error) {
        change(outcomeOf(error));
      }
    },
    [key, kept],
  );

  useEffect(() => {
    const over = (event: DragEvent) => event.preventDefault();
    const drop = (event: DragEvent) => {
      event.preventDefault();
      const [dropped, ...others] = event.dataTransfer?.files ?? [];
      if (others.length > 0) setOutcome({ state: 'failed', message: 'Drop one file at a time.' });
      else if (dropped) void verify(dropped);
    };
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('drop', drop);
    };
  }, [verify]);

  useEffect(() => () => running.current?.abort(), []);

  const faultOf = (field: 'key' | 'kept') =>
    outcome?.state === 'untrusted' && outcome.field === field ? outcome.message : undefined;
  return (
    <>
      <header className="page-head">
        <div>
          <h1>Verify an export</h1>
          <p>Your browser checks the file. It is not sent anywhere, and the page works offline.</p>
        </div>
      </header>
      <section className="card verify" aria-label="What to verify">
        <Field
          label="Public key of the log"
          hint="The key that this browser or this server knows. Compare it with the output of “keyledger log-key”, or with the key that you kept."
          fault={faultOf('key')}
        >
          {(field) => (
            <input {...field} value={key} onChange={({ target }) => setKey(target.value)} spellCheck={false} translate="no" />
          )}
        </Field>
        <Field
          label="Checkpoint that you kept (optional)"
          hint="It proves that the server has not rewritten the log since then. Paste the output of “keyledger checkpoint”. You can paste several."
          fault={faultOf('kept')}
        >
          {(field) => (
            <textarea {...field} rows={4} value={kept} onChange={({ target }) => setKept(target.value)} spellCheck={false} />
          )}
        </Field>
        <Field
          label="Exported file"
          hint="A file from “keyledger export” or from the History page. You can also drop it anywhere on this page."
        >
          {(field) => (
            <input
              {...field}
              type="file"
              accept=".ndjson,.jsonl,.json,.txt,application/x-ndjson"
              // The same file can be chosen again after it was changed.
              onClick={({ currentTarget }) => {
                currentTarget.value = '';
              }}
              onChange={({ target }) => {
                const [chosen] = target.files ?? [];
                if (chosen) void verify(chosen);
              }}
            />
          )}
        </Field>
        {file && (
          <div className="buttons">
            <span className="detail" translate="no">
              {file.name}
            </span>
            <BusyButton busy={outcome?.state === 'reading'} onClick={() => verify(file)}>
              Verify again
            </BusyButton>
          </div>
        )}
      </section>
      {outcome && <VerifyOutcome of={outcome} />}
    </>
  );
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof ExportFault) return { state: 'refused', fault: error };
  if (error instanceof NotTrusted) return { state: 'untrusted', field: error.field, message: error.message };
  if (!isSecureContext) return { state: 'failed', message: 'Browsers check signatures only on pages served over HTTPS.' };
  if (error instanceof DOMException && error.name === 'NotSupportedError')
    return {
      state: 'failed',
      message: 'This browser cannot check Ed25519 signatures. Use “keyledger verify-log”, or another browser.',
    };
  return { state: 'failed', message: `The file could not be read. ${messageOf(error)}` };
}
