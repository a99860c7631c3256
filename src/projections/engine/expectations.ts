import { isLocked } from '../../shared/until-unlocked.js';

/** Lets callers wait until something holds of tables: for that, never for a time. */
export class Expectations {
  readonly #open = new Set<() => void>();

  /** Whether nobody waits. */
  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /**
   * Resolves once it holds: it is asked now, and with every `look`.
   * @throws the signal's reason where that aborts before
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
          // Where another process has the tables locked, the next look tells.
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

  /** To be called whenever the tables may have changed. */
  look(): void {
    for (const look of this.#open) look();
  }
}
