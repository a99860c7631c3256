import { ReadLog } from '../commands/audit/read-log.js';
import type { ClockGuard } from '../commands/keys/clock-guard.js';
import { KeyCommands } from '../commands/keys/keys.js';
import { OperatorCommands } from '../commands/keys/operator.js';
import { Performer } from '../commands/keys/perform.js';
import { RefusalLog } from '../commands/usage/refusal-log.js';
import { UsageLog } from '../commands/usage/usage-log.js';
import { ObservedCommands } from '../observability/observed-commands.js';
import { ObservedOperators } from '../observability/observed-operators.js';
import { both } from '../observability/observer.js';
import type { Basis } from './basis.js';
import type { ReadSide } from './read-side.js';

/** Everything that appends to the log for a caller: commands at once, access records and uses a few seconds later. */
export interface WriteSide {
  commands: Pick<KeyCommands, keyof KeyCommands>;
  operators: Pick<OperatorCommands, keyof OperatorCommands>;
  /** Records who reads the history. */
  reads: ReadLog;
  /** Records uses of keys. */
  uses: UsageLog;
  /** Writes the records that are still in memory. */
  stop(): Promise<void>;
}

export function createWriteSide(
  { log, clock, metrics, tracing, deadline }: Basis,
  { guarded: store, projections, search, readYourWrites, verification }: ReadSide,
  clockGuard: ClockGuard | undefined,
): WriteSide {
  const refusals = new RefusalLog({ store, clock, log });
  const performer = new Performer({
    store,
    keys: projections.keys,
    readYourWrites,
    verification,
    clock,
    requireClock: clockGuard && ((signal) => clockGuard.require(signal)),
    deadline,
    refusals,
  });
  const [keyCommands, operatorCommands] = [new KeyCommands({ performer, search }), new OperatorCommands({ performer, search })];
  const observer = both(metrics.observeCommand, tracing?.observeCommand);
  const reads = new ReadLog({ store, clock, log });
  const uses = new UsageLog({ store, clock, log });
  return {
    commands: new ObservedCommands(keyCommands, observer),
    operators: new ObservedOperators(operatorCommands, observer),
    reads,
    uses,
    async stop() {
      await Promise.all([reads.stop(), uses.stop(), refusals.stop()]);
    },
  };
}
