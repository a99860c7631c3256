const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * From now on, SIGTERM and SIGINT end the process with exit code 0, until `onSignal` sets another handler. For a process that loads the
 * rest of its code: the signal would kill it, or be lost if it is the first process of a container.
 */
export function endAtSignal(): void {
  for (const signal of SIGNALS) process.on(signal, end);
}

/** From now on, the process calls that function at each of these signals. */
export function onSignal(handle: (signal: string) => void): void {
  // There is a handler at every moment.
  for (const signal of SIGNALS) process.on(signal, handle).off(signal, end);
}

function end(): never {
  process.exit(0);
}
