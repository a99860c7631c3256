import { alone } from './alone.js';
import { followEvents } from './follow-events.js';
import { recordAnswer, recordSilence } from './silence.js';

type OnChange = (version: number | undefined) => void;

/** What a tab tells the others if the server does not answer. */
const LOST = 'lost';

/**
 * Follows the events of the account, or of all accounts if undefined, while the page is visible. All tabs of this browser share one
 * feed, for a browser opens only six connections to a server over HTTP/1.1. One tab reads it and tells the others; if that tab is
 * closed or hidden, another takes its place.
 * @param onChange called whenever this page begins to follow, at each start of the feed, and after each event; with the account's version
 *   after the last event, if it is known
 * @returns a function that stops this
 */
export function followTogether(account: string | undefined, onChange: OnChange): () => void {
  let following: AbortController | undefined;
  const leave = () => {
    following?.abort();
    following = undefined;
  };
  const update = () => {
    if (document.visibilityState === 'hidden') return leave();
    if (following) return;
    following = new AbortController();
    void follow(account, onChange, following.signal);
    onChange(undefined);
  };
  document.addEventListener('visibilitychange', update);
  update();
  return () => {
    document.removeEventListener('visibilitychange', update);
    leave();
  };
}

/** Listens to the tab that reads the feed, until it is this one. */
async function follow(account: string | undefined, onChange: OnChange, signal: AbortSignal): Promise<void> {
  const name = `keyledger-feed ${account ?? 'of all accounts'}`;
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => {
    if (data === LOST) return recordSilence();
    recordAnswer();
    onChange(typeof data === 'number' ? data : undefined);
  };
  signal.addEventListener('abort', () => channel.close());
  const tell: OnChange = (version) => {
    if (signal.aborted) return;
    channel.postMessage(version);
    onChange(version);
  };
  const tellLost = () => {
    if (!signal.aborted) channel.postMessage(LOST);
  };
  // It rejects if the page is hidden before its turn has come.
  await alone(name, () => followEvents({ account }, tell, tellLost, signal), signal).catch(() => {});
}
