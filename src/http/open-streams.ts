import type { ServerResponse } from 'node:http';

/** The open streaming answers: `end` closes all of them. */
export class OpenStreams {
  readonly #open = new Set<ServerResponse>();

  add(response: ServerResponse): void {
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
  }

  /** Readers reconnect with their last cursor, and reach a server that is running. */
  end(): void {
    for (const response of this.#open) response.destroy();
  }
}
