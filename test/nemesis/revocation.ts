import type { Call, Change, History, Verification } from './history.js';

type Done = Extract<Change, { outcome: 'done' }>;

/**
 * Checks the verifications of one account. A key must be refused once its deletion was acknowledged: at once by a process that has
 * answered with the deletion's version or a later one, and after the staleness bound by the others. Until a deletion is asked for, a key must
 * be accepted once that time has passed since its creation was acknowledged. `unavailable` is always right.
 * @param staleness the bound, in milliseconds
 * @returns what is wrong, one line for each wrong verification
 */
export function wrongVerifications(history: History, staleness: number): string[] {
  return history.flatMap((call) => {
    if (call.kind !== 'verify' || call.outcome === 'unavailable') return [];
    const why =
      call.outcome === 'accepted' ? whyNotAccepted(call, history, staleness) : whyNotRefused(call, history, staleness);
    return why === undefined ? [] : [`Process ${call.process} ${call.outcome} ${call.key}, ${why}: ${JSON.stringify(call)}`];
  });
}

function whyNotAccepted(call: Verification, history: History, staleness: number): string | undefined {
  const changes = changesOf(call.key, history);
  if (!changes.some(({ kind, outcome, start }) => kind === 'create' && mayBeMade(outcome) && start <= call.end))
    return 'which nobody had made';
  const deletions = changes.filter(({ kind }) => kind === 'delete');
  const version = seenBy(call.process, history, call.start);
  if (deletions.filter(isDone).some((deletion) => deletion.version <= version))
    return 'and had itself answered with a version that includes the deletion';
  const isTold = ({ outcome, end }: Change) => (outcome === 'done' || outcome === 'refused') && end + staleness <= call.start;
  return deletions.some(isTold) ? 'whose deletion was acknowledged longer ago than the staleness bound' : undefined;
}

function whyNotRefused(call: Verification, history: History, staleness: number): string | undefined {
  const changes = changesOf(call.key, history);
  if (changes.some(({ kind, outcome, start }) => kind === 'delete' && mayBeMade(outcome) && start <= call.end))
    return undefined;
  const isMade = changes.some((one) => one.kind === 'create' && isDone(one) && one.end + staleness <= call.start);
  return isMade ? 'which nobody had asked to delete' : undefined;
}

function changesOf(key: string, history: History): Change[] {
  return history.filter((call): call is Change => (call.kind === 'create' || call.kind === 'delete') && call.key === key);
}

/** The latest version of the account that the process had answered with by then. */
function seenBy(process: number, history: History, then: number): number {
  const told = history.filter((call) => call.process === process && call.end <= then);
  return Math.max(0, ...told.map((call) => (call.kind !== 'verify' && call.outcome === 'done' ? call.version : 0)));
}

function isDone(call: Change): call is Done {
  return call.outcome === 'done';
}

function mayBeMade(outcome: Call['outcome']): boolean {
  return outcome === 'done' || outcome === 'unknown';
}
