import type { ServerResponse } from 'node:http';

/** How long a reader may leave waiting data unread, in milliseconds. An idle stream is pinged more often. */
const PATIENCE = 60_000;

/** The open streaming answers. Cuts off readers that have stalled; `end` closes all streams. */
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

  /** Readers reconnect with their last cursor, and reach a server that is running. */
  end(): void {
    for (const response of this.#open) response.destroy();
  }
}
