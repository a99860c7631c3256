import type { ServerResponse } from 'node:http';

/** For how long a reader may take nothing of what waits for it, in milliseconds. An idle stream is pinged more often. */
const PATIENCE = 60_000;

/** The answers that go on for as long as their readers like: a reader that has stalled is cut off, and all of them by `end`. */
export class OpenStreams {
  readonly #patience: number;
  readonly #open = new Set<ServerResponse>();

  constructor({ patience = PATIENCE } = {}) {
    this.#patience = patience;
  }

  add(response: ServerResponse): void {
    this.#open.add(response);
    response.setTimeout(this.#patience, () => response.destroy());
    response.once('close', () => this.#open.delete(response));
  }

  /** Whoever reads comes back with the last cursor, and finds a server that serves. */
  end(): void {
    for (const response of this.#open) response.destroy();
  }
}
