import { type AllStreamResolvedEvent, BACKWARDS, END, type StreamingRead } from '@eventstore/db-client';
import type { LeaderReads } from './leader-reads.js';
import type { ReplaceableClient } from './replaceable-client.js';

/** Asks for the last event, of the node that leads. */
const LAST = { direction: BACKWARDS, fromPosition: END, maxCount: 1, requiresLeader: true } as const;

/** Which event was the last one of the whole log, of any stream. */
export interface LogEnd {
  /** As long as it is the same, nothing was written. */
  name: string;
  /** It was the last one at some moment after this instant, by `performance.now()`. */
  provenAt: number;
}

export interface LogEndOptions {
  client: ReplaceableClient;
  leader: LeaderReads;
  /** For how many milliseconds after a read began others share its answer. */
  sharedFor: number;
}

/**
 * Reads the last event of the log. That one small read tells all followers of an idle log, and whoever else looks at it again and again,
 * that nothing was written.
 */
export class LogEndReader {
  readonly #options: LogEndOptions;
  #last: { client: unknown; at: number; end: Promise<LogEnd | undefined> } | undefined;

  constructor(options: LogEndOptions) {
    this.#options = options;
  }

  /** Undefined if the client was replaced meanwhile. */
  read(): Promise<LogEnd | undefined> {
    const { client, sharedFor } = this.#options;
    const now = performance.now();
    if (this.#last?.client === client.current && now - this.#last.at < sharedFor) return this.#last.end;
    const end = this.#read();
    this.#last = { client: client.current, at: now, end };
    // A failure is only for those who wait for it.
    end.catch(() => {
      if (this.#last?.end === end) this.#last = undefined;
    });
    return end;
  }

  async #read(): Promise<LogEnd | undefined> {
    const { client, leader } = this.#options;
    const ended = await leader.begin();
    const name = await client.read((current) => current.readAll(LAST), nameOfLast);
    const provenAt = ended();
    return provenAt === undefined ? undefined : { name, provenAt };
  }
}

/** Empty if there is no event. */
async function nameOfLast(read: StreamingRead<AllStreamResolvedEvent>): Promise<string> {
  let name = '';
  for await (const { event } of read) if (event) name = `${event.id} ${event.position.commit}`;
  return name;
}
