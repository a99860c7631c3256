import type { Call, Change, History, Read } from './history.js';

const KEY_LIMIT = 2;

/** An account: how many changes it has had, and the keys that it holds. */
interface State {
  version: number;
  keys: readonly string[];
}

/** A call whose answer tells of one moment. */
type Telling = Exclude<Change, { outcome: 'unchanged' }> | Extract<Read, { outcome: 'done' }>;

/** A call, and between which times its moment is. */
interface Placed {
  /** Its place in the history. */
  id: number;
  call: Telling;
  from: number;
  to: number;
}

/** A moment of the search: the account, and the calls whose moments come later. */
interface Step {
  state: State;
  left: readonly Placed[];
}

/**
 * Looks for an order of the calls in which a model of one account, which does one after another, gives the same answers: a call that ended
 * before another began comes before it, and one of unknown outcome comes anywhere after its start, or never. A read may tell of an older
 * account, but of none that its `minVersion` excludes.
 * @returns no calls if there is such an order; otherwise those that are left where the search came furthest
 */
export function unexplained(history: History): Call[] {
  const early = history.filter((call) => call.kind === 'read' && call.outcome === 'done' && call.version < call.minVersion);
  if (early.length > 0) return early;
  const calls = history.flatMap(placed);
  const seen = new Set<string>();
  let fewest: readonly Placed[] = calls;
  const steps: Step[] = [{ state: { version: 0, keys: [] }, left: calls }];
  for (let step = steps.pop(); step; step = steps.pop()) {
    const { state, left } = withoutSettled(step);
    if (left.every(({ to }) => to === Number.POSITIVE_INFINITY)) return [];
    if (left.length < fewest.length) fewest = left;
    const mark = JSON.stringify([state, left.map(({ id }) => id)]);
    if (seen.has(mark)) continue;
    seen.add(mark);
    steps.push(...changesOf(state, left));
  }
  return fewest.map(({ call }) => call);
}

function placed(call: Call, id: number): Placed[] {
  if (call.kind === 'verify' || call.outcome === 'unavailable' || call.outcome === 'unchanged') return [];
  const { start: from, end: to } = call;
  if (call.kind === 'read') return [{ id, call, from: Number.NEGATIVE_INFINITY, to }];
  return [{ id, call, from, to: call.outcome === 'unknown' ? Number.POSITIVE_INFINITY : to }];
}

/** Each change that may come next. Those after which the answer of another call could not come any more are left out. */
function changesOf(state: State, left: readonly Placed[]): Step[] {
  return mayBeNext(left).flatMap((one) => {
    const after = afterChange(state, one.call);
    const later = left.filter((other) => other !== one);
    return after && isPossible(one.call, after, later) ? [{ state: after, left: later }] : [];
  });
}

/**
 * False if a later answer has a version that is over by then, shows a deleted key, or lacks a new key that nobody deletes. Without this, a
 * search through many calls of unknown outcome would take forever.
 */
function isPossible(change: Telling, { version }: State, later: readonly Placed[]): boolean {
  if (change.kind === 'read') return false;
  const { kind, key } = change;
  const lasts = kind === 'create' && !later.some(({ call }) => call.kind === 'delete' && call.key === key);
  return later.every(({ call }) => {
    if (call.outcome !== 'done') return true;
    if (call.kind !== 'read') return call.version > version;
    const shows = call.keys.includes(key);
    return call.version >= version && !(shows ? kind === 'delete' : lasts);
  });
}

/** The calls that no other one must precede. */
function mayBeNext(left: readonly Placed[]): Placed[] {
  const first = Math.min(...left.map(({ to }) => to));
  return left.filter(({ from }) => from <= first);
}

/** Takes, as early as it can be, each call that is right now and changes nothing. That makes no other call impossible. */
function withoutSettled({ state, left }: Step): Step {
  const settled = new Set(mayBeNext(left).filter(({ call }) => isTrue(state, call)));
  return settled.size === 0 ? { state, left } : withoutSettled({ state, left: left.filter((one) => !settled.has(one)) });
}

/** True if the call changes nothing, and this account explains its answer. */
function isTrue({ version, keys }: State, call: Telling): boolean {
  if (call.kind === 'read') {
    return call.version === version && call.keys.length === keys.length && call.keys.every((key) => keys.includes(key));
  }
  if (call.outcome !== 'refused') return false;
  return call.kind === 'create' ? keys.length === KEY_LIMIT : !keys.includes(call.key);
}

/** The account after the change; undefined if it cannot happen to this account, or changes nothing. */
function afterChange(state: State, call: Telling): State | undefined {
  if (call.kind === 'read' || call.outcome === 'refused') return undefined;
  const version = state.version + 1;
  if (call.outcome === 'done' && call.version !== version) return undefined;
  const holds = state.keys.includes(call.key);
  if (call.kind === 'delete') return holds ? { version, keys: state.keys.filter((key) => key !== call.key) } : undefined;
  return holds || state.keys.length >= KEY_LIMIT ? undefined : { version, keys: [...state.keys, call.key] };
}
