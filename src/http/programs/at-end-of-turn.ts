/** How many items one run works on. Other work waits for one run at most. */
const MOST = 200;

/**
 * Collects what arrives in one turn of the event loop, and does the work for all of it at the end of the turn, in one run of synchronous
 * code. The work can look something up once for the whole run: every item of the run has arrived before that.
 * @param work it must not throw
 */
export function atEndOfTurn<T>(work: (item: T) => void): (item: T) => void {
  const waiting: T[] = [];
  const run = () => {
    const due = waiting.splice(0, MOST);
    if (waiting.length > 0) setImmediate(run);
    for (const item of due) work(item);
  };
  return (item) => {
    if (waiting.push(item) === 1) setImmediate(run);
  };
}
