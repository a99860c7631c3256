import { useEffect, useRef, useState } from 'react';
import type { EventFilter } from '../../client/gql/graphql.js';
import { messageOf } from '../api/failures.js';
import { BusyButton } from '../ui/BusyButton.js';
import { areOf, counted } from '../ui/counted.js';
import { downloadCsv } from '../ui/csv.js';
import { download } from '../ui/download.js';
import { Notice } from '../ui/Notice.js';
import { type ExportedEvents, type ExportOptions, exportSheet, exportWithProofs } from './export-events.js';

/** The result of an export. */
type State = { read: number } | { saved: string } | { fault: string } | undefined;

/** Buttons that save the events that match the filter: with their proofs, or as a sheet without. */
export function ExportEvents({ filter }: { filter: EventFilter }) {
  const [state, setState] = useState<State>();
  const running = useRef<AbortController>(undefined);
  useEffect(() => {
    setState(undefined);
    return () => running.current?.abort();
  }, [filter]);

  const run = async (save: (options: ExportOptions) => Promise<string>) => {
    running.current?.abort();
    const own = new AbortController();
    running.current = own;
    const { signal } = own;
    const change = (next: State) => !signal.aborted && setState(next);
    change({ read: 0 });
    try {
      change({ saved: await save({ signal, onProgress: (read) => change({ read }) }) });
    } catch (error) {
      change({ fault: messageOf(error) });
    }
  };
  const stop = () => {
    running.current?.abort();
    setState(undefined);
  };

  const isRunning = state !== undefined && 'read' in state;
  return (
    <div>
      <div className="buttons">
        <BusyButton busy={isRunning} onClick={() => run((options) => saveWithProofs(filter, options))}>
          Export with proofs (NDJSON)
        </BusyButton>
        <BusyButton busy={isRunning} onClick={() => run((options) => saveSheet(filter, options))}>
          Export without proofs (CSV)
        </BusyButton>
        {isRunning && (
          <button type="button" className="quiet" onClick={stop}>
            Stop
          </button>
        )}
      </div>
      {isRunning && <p role="status">{`${counted(state.read, 'event')} read…`}</p>}
      {state && 'saved' in state && (
        <Notice key="saved" kind="good">
          {state.saved}
        </Notice>
      )}
      {state && 'fault' in state && (
        <Notice key="fault" kind="danger">
          {`Nothing was saved. ${state.fault}`}
        </Notice>
      )}
    </div>
  );
}

async function saveWithProofs(filter: EventFilter, options: ExportOptions): Promise<string> {
  const exported = await exportWithProofs(filter, options);
  download('history.ndjson', 'application/x-ndjson', exported.lines.join(''));
  return described(exported);
}

function described({ events, isWhole, unsigned, unreadable }: ExportedEvents): string {
  const left = [
    ...(unsigned > 0 ? [`${counted(unsigned, 'newer event')} ${areOf(unsigned)} not signed yet, and not in the file.`] : []),
    ...(unreadable > 0
      ? [`${counted(unreadable, 'event')} cannot be read by the server, and ${areOf(unreadable)} not in the file.`]
      : []),
  ];
  const saved = `Saved ${counted(events, 'event')}, each with the proof that it is in the signed log.`;
  const limit = isWhole ? 'They are all of its events.' : 'The file does not prove that no event is missing.';
  return [saved, limit, ...left].join(' ');
}

async function saveSheet(filter: EventFilter, options: ExportOptions): Promise<string> {
  const sheet = await exportSheet(filter, options);
  downloadCsv('history', sheet);
  return `Saved ${counted(sheet.rows.length, 'event')}. A CSV file proves nothing: anybody can change it.`;
}
