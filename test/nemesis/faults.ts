import { randomInt } from 'node:crypto';
import type { Cluster, Victim } from './cluster.js';
import type { Network } from './network.js';
import type { Service } from './service.js';

/** What happens to whom. A Keyledger is named by the node on its machine. */
interface Fault {
  what: 'kill' | 'pause' | 'cut off' | 'deafen';
  whom: keyof Targets;
}

/** Whom a fault meets. Which node is the leader is found out before. */
interface Targets {
  'the leader': Victim[];
  'a follower': Victim[];
  'the other follower': Victim[];
  'every node': Victim[];
  "the leader's Keyledger": Victim[];
  "a follower's Keyledger": Victim[];
  'every Keyledger': Victim[];
}

const fault = (what: Fault['what'], whom: Fault['whom']): Fault => ({ what, whom });

/** The faults, by rounds: those of a round happen at once. The first rounds are the ones of a short run. */
export const ROUNDS: readonly Fault[][] = [
  [fault('cut off', 'the leader')],
  [fault('pause', 'the leader'), fault('kill', "a follower's Keyledger")],
  [fault('kill', 'the leader'), fault('pause', "the leader's Keyledger")],
  [fault('pause', 'the leader')],
  [fault('kill', 'the leader')],
  [fault('deafen', 'the leader')],
  [fault('cut off', 'a follower')],
  [fault('pause', 'a follower')],
  [fault('kill', 'a follower')],
  [fault('deafen', 'a follower')],
  [fault('cut off', 'the leader'), fault('kill', "the leader's Keyledger")],
  [fault('cut off', 'the leader'), fault('pause', 'a follower')],
  [fault('kill', 'the leader'), fault('cut off', 'a follower')],
  [fault('pause', 'the leader'), fault('kill', 'a follower'), fault('cut off', 'the other follower')],
  [fault('cut off', 'every node')],
  [fault('pause', 'every node')],
  [fault('kill', 'every node')],
  [fault('pause', "the leader's Keyledger")],
  [fault('pause', 'every Keyledger'), fault('cut off', 'the leader')],
  [fault('kill', 'every Keyledger'), fault('deafen', 'the leader')],
];

export interface NemesisOptions {
  network: Network;
  cluster: Cluster;
  services: readonly Service[];
}

/** Disturbs a cluster and the Keyledgers on it. */
export class Nemesis {
  readonly #options: NemesisOptions;
  /** How often each fault has happened. */
  readonly counts: Record<string, number> = {};
  #undo: (() => void)[] = [];

  constructor(options: NemesisOptions) {
    this.#options = options;
  }

  /** Makes the faults happen at once. They last until `heal`. */
  async disturb(faults: readonly Fault[]): Promise<void> {
    const targets = await this.#targets();
    for (const { what, whom } of faults) {
      const name = `${what} ${whom}`;
      this.counts[name] = (this.counts[name] ?? 0) + 1;
    }
    await Promise.all(faults.flatMap(({ what, whom }) => targets[whom].map((victim) => this.#harm(what, victim))));
  }

  /** Undoes all faults, in a random order. */
  heal(): void {
    while (this.#undo.length > 0) this.#undo.splice(randomInt(this.#undo.length), 1)[0]?.();
  }

  async #harm(what: Fault['what'], victim: Victim): Promise<void> {
    const { network } = this.#options;
    switch (what) {
      case 'kill':
        this.#undo.push(() => victim.start());
        return victim.kill();
      case 'pause':
        this.#undo.push(() => victim.resume());
        return victim.pause();
      case 'cut off':
        this.#undo.push(() => network.mend());
        return network.cutOff(victim.machine);
      case 'deafen':
        this.#undo.push(() => network.mend());
        return network.deafen(victim.machine);
    }
  }

  async #targets(): Promise<Targets> {
    const { cluster, services } = this.#options;
    const nodes = await cluster.agreed();
    const [leader, first, second] = nodes.map((node) => [node]);
    const [besideLeader, besideFirst] = nodes.map(({ machine }) => services.filter((one) => one.machine === machine));
    if (!leader || !first || !second || !besideLeader || !besideFirst) throw new Error('The cluster has three nodes.');
    return {
      'the leader': leader,
      'a follower': first,
      'the other follower': second,
      'every node': [...nodes],
      "the leader's Keyledger": besideLeader,
      "a follower's Keyledger": besideFirst,
      'every Keyledger': [...services],
    };
  }
}
