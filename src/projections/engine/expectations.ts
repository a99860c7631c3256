import { isLocked } from '../../shared/until-unlocked.js';

/** Lets callers wait until a condition on tables holds, never for a time. */
export class Expectations {
  readonly #open = new Set<() => void>();

  /** True if nobody waits. */
  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /**
   * Resolves once the condition holds. It is checked now and with every `look`.
   * @throws the signal's reason if that aborts first
   */
  meet(holds: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        this.#open.delete(look);
        signal.removeEventListener('abort', abort);
        end();
      };
      const look = () => {
        try {
          if (holds()) settle(resolve);
        } catch (error) {
          // If another process has the tables locked, the next look decides.
          if (!isLocked(error)) settle(() => reject(error));
        }
      };
      const abort = () => settle(() => reject(signal.reason));
      this.#open.add(look);
      signal.addEventListener('abort', abort);
      look();
      if (signal.aborted) abort();
    });
  }

  /** Call it whenever the tables may have changed. */
  look(): void {
    for (const look of this.#open) look();
  }
}
