import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { cleanUpLater } from '../support/cleanup.js';

/** A machine of the tests' own: a network namespace of Linux. The machines and this process reach each other, and nobody else. */
export interface Machine {
  address: string;
  /** The command and first arguments of whatever is to run there. The process has the id of the one that starts it. */
  run: string[];
}

/** Machines whose connections to each other can be cut. Packets are dropped: neither side is told. */
export class Network {
  readonly machines: readonly Machine[];

  /** Makes the machines. They are removed after the test. */
  constructor(count: number) {
    // 198.18.0.0/15 is for tests of networks (RFC 2544).
    const [net, name] = [`198.18.${randomInt(256)}`, `kl${randomInt(1_000_000)}`];
    ip('link', 'add', name, 'type', 'bridge');
    cleanUpLater(() => ip('link', 'del', name));
    ip('addr', 'add', `${net}.1/24`, 'dev', name);
    ip('link', 'set', name, 'up');
    this.machines = Array.from({ length: count }, (_, index) => {
      const [address, machine] = [`${net}.${index + 2}`, `${name}-${index}`];
      ip('netns', 'add', machine);
      cleanUpLater(() => ip('netns', 'del', machine));
      ip('link', 'add', machine, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', machine);
      ip('link', 'set', machine, 'master', name, 'up');
      ip('-n', machine, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
      for (const device of ['eth0', 'lo']) ip('-n', machine, 'link', 'set', device, 'up');
      return { address, run: ['ip', 'netns', 'exec', machine] };
    });
  }

  /** True if this system can make machines; if it cannot, the output says that tests are skipped. */
  static canBeMade(): boolean {
    const name = `kl${randomInt(1_000_000)}`;
    try {
      ip('netns', 'add', name);
      ip('netns', 'exec', name, 'iptables', '-w', '-F', 'INPUT');
      ip('netns', 'del', name);
      return true;
    } catch {
      process.stderr.write(
        '\nTHE NEMESIS TEST IS SKIPPED: it needs the rights of root, and ip and iptables, to make networks that can be cut.\n',
      );
      return false;
    }
  }

  /** Drops what the other machines send to that one. */
  deafen(machine: Machine): void {
    for (const other of this.#others(machine)) drop(other, machine);
  }

  /** Drops all between that machine and the others. */
  cutOff(machine: Machine): void {
    this.deafen(machine);
    for (const other of this.#others(machine)) drop(machine, other);
  }

  /** Drops nothing any more. */
  mend(): void {
    for (const machine of this.machines) iptables(machine, '-F', 'INPUT');
  }

  #others(machine: Machine): Machine[] {
    return this.machines.filter((other) => other !== machine);
  }
}

function drop(from: Machine, to: Machine): void {
  iptables(to, '-A', 'INPUT', '-s', from.address, '-j', 'DROP');
}

function iptables({ run: [program = '', ...before] }: Machine, ...args: string[]): void {
  execFileSync(program, [...before, 'iptables', '-w', ...args]);
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' });
}
