import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { inFlight } from './bench.js';

/** How many connections are opened at once: no more than a server keeps waiting. */
const AT_ONCE = 100;
/** The time until a connection that was closed is opened again, in milliseconds. */
const PAUSE = 10;

/** Uses a connection. Resolves once it is used as it shall be. */
type Use = (socket: Socket) => unknown;

/** Keeps connections open. One that is closed is replaced, until all of them leave. */
export class Crowd {
  readonly #url: URL;
  readonly #use: Use;
  readonly #sockets = new Set<Socket>();
  readonly #held = new Average();
  #asked = 0;
  #isOver = false;
  /** How many connections were closed by the server, or never opened. */
  closed = 0;

  /** @param use is called with each connection, once it is open */
  constructor(url: string, use: Use) {
    this.#url = new URL(url);
    this.#use = use;
  }

  /** Opens that many connections. Resolves when each is used, or was closed. */
  async gather(count: number): Promise<void> {
    this.#asked += count;
    await inFlight(AT_ONCE, count, () => this.#open());
    this.#held.begin();
  }

  /**
   * Closes all of them at once, without a trace: none is left in `TIME_WAIT`, where it would use up a port.
   * @returns how many of them were in use, on average since all were gathered: 1 if each was, all the time
   */
  leave(): number {
    const held = this.#held.value() / this.#asked;
    this.#isOver = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
    return held;
  }

  #open(): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect(Number(this.#url.port), this.#url.hostname, async () => {
        await this.#use(socket);
        resolve();
        if (socket.destroyed) return;
        this.#held.add(1);
        socket.once('close', () => this.#held.add(-1));
      });
      this.#sockets.add(socket);
      // The event `close` follows.
      socket.on('error', () => {});
      socket.once('close', () => {
        this.#sockets.delete(socket);
        resolve();
        if (!this.#isOver) void this.#replace();
      });
    });
  }

  async #replace(): Promise<void> {
    this.closed += 1;
    await delay(PAUSE);
    if (!this.#isOver) await this.#open();
  }
}

/** A number that changes, and its average over time. */
class Average {
  #now = 0;
  #sum = 0;
  #start = performance.now();
  #last = this.#start;

  /** Forgets what was before. */
  begin(): void {
    this.#start = performance.now();
    this.#last = this.#start;
    this.#sum = 0;
  }

  add(change: number): void {
    const time = performance.now();
    this.#sum += this.#now * (time - this.#last);
    this.#last = time;
    this.#now += change;
  }

  value(): number {
    this.add(0);
    return this.#sum / (this.#last - this.#start);
  }
}
