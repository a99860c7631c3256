import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { killLater } from '../support/child.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { halt, resume } from '../support/halt.js';
import type { Machine, Network } from './network.js';

const PORT = 2113;

/** How long a node may take to answer, in milliseconds. One that is paused answers nothing. */
const PATIENCE = 2000;

/** What can be disturbed. */
export interface Victim {
  machine: Machine;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Starts it again. It may not serve yet. */
  start(): void;
  pause(): Promise<void>;
  resume(): void;
}

/** What a node says of another, or of itself. */
interface Member {
  esVersion: string;
  httpEndPointIp: string;
  state: string;
  isAlive: boolean;
}

/**
 * A node of EventStoreDB. If it ends by itself, it is started again: a node that has events which the others have not ends to remove them at
 * its next start, and expects a supervisor.
 */
class Node implements Victim {
  /** How often it has ended by itself. */
  ends = 0;
  readonly #database = temporaryDirectory();
  #process: ChildProcess | undefined;

  constructor(
    readonly machine: Machine,
    readonly peers: readonly Machine[],
  ) {
    this.start();
  }

  start(): void {
    const {
      address,
      run: [program = '', ...before],
    } = this.machine;
    const options = {
      db: this.#database,
      'node-ip': address,
      'replication-ip': address,
      'cluster-size': this.peers.length + 1,
      'discover-via-dns': false,
      'gossip-seed': this.peers.map((peer) => `${peer.address}:${PORT}`).join(','),
      // Smaller than by default, for a log that stays small.
      'chunks-cache-size': 2 ** 26,
      'stream-existence-filter-size': 1_000_000,
    };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const command = [...before, 'eventstored', '--insecure', '--disable-log-file', ...args];
    const child = spawn(program, command, { stdio: 'ignore' });
    this.#process = child;
    killLater(child);
    child.once('exit', (code) => {
      if (this.#process !== child || code === null) return;
      this.ends += 1;
      this.start();
    });
  }

  async kill(): Promise<void> {
    const child = this.#running;
    this.#process = undefined;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  async pause(): Promise<void> {
    await halt(this.#running.pid ?? 0);
  }

  resume(): void {
    resume(this.#running.pid ?? 0);
  }

  /** The cluster as this node knows it. */
  async gossip(): Promise<Member[]> {
    const url = `http://${this.machine.address}:${PORT}/gossip?format=json`;
    const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE) }).catch(() => undefined);
    return answer?.ok ? ((await answer.json()) as { members: Member[] }).members : [];
  }

  get #running(): ChildProcess {
    if (this.#process?.pid === undefined) throw new Error('eventstored does not run.');
    return this.#process;
  }
}

/** An EventStoreDB of one node on each machine. */
export class Cluster {
  readonly nodes: readonly Node[];

  /** Starts the nodes. They end with the test. */
  constructor({ machines }: Network) {
    this.nodes = machines.map(
      (machine) =>
        new Node(
          machine,
          machines.filter((other) => other !== machine),
        ),
    );
  }

  get connectionString(): string {
    return `esdb://${this.nodes.map(({ machine }) => `${machine.address}:${PORT}`).join(',')}?tls=false`;
  }

  /** A client with it begins with that node. */
  connectionStringOf({ machine: { address } }: Node): string {
    return `esdb://${address}:${PORT}?tls=false`;
  }

  /** The version of the servers. */
  async version(): Promise<string> {
    return (await this.nodes[0]?.gossip())?.[0]?.esVersion ?? 'unknown';
  }

  /** How often nodes have ended by themselves. */
  get ends(): number {
    return this.nodes.reduce((sum, node) => sum + node.ends, 0);
  }

  /** Waits until all nodes name the same leader, and the others as its followers. Resolves with the leader first. */
  async agreed(): Promise<readonly Node[]> {
    for (;;) {
      const views = await Promise.all(this.nodes.map((node) => node.gossip()));
      const leaders = new Set(views.map((members) => this.#leaderIn(members)));
      const [leader] = leaders;
      if (leaders.size === 1 && leader) return [leader, ...this.nodes.filter((node) => node !== leader)];
      await delay(200);
    }
  }

  /** Undefined unless the others are its followers. */
  #leaderIn(members: Member[]): Node | undefined {
    const inState = (state: string) => members.filter((member) => member.isAlive && member.state === state);
    const [leader, second] = inState('Leader');
    if (second || inState('Follower').length !== this.nodes.length - 1) return undefined;
    return this.nodes.find(({ machine }) => machine.address === leader?.httpEndPointIp);
  }
}
