import { type Bench, interleave, median, medians, ratio } from './support/bench.js';
import { LoadedServer } from './support/loaded-server.js';
import { mutationsOf } from './support/mutations.js';
import { inTemporaryDirectory } from './support/temporary.js';

const ROUNDS = 7;
const QUERY_ROUNDS = 10;
const KNOWN = JSON.stringify({ query: '{ __typename }' });

let unseenSoFar = 0;
/** A trivial query that no server has seen before. */
const unseen = () => JSON.stringify({ query: `query Q${unseenSoFar++} { __typename }` });

/** Measures a mutation over HTTP against one that does nothing, and our server against the barest one. */
export const create: Bench = () =>
  inTemporaryDirectory(async (directory) => {
    const ours = await LoadedServer.start('./keyledger-server.js', directory);
    const bare = await LoadedServer.start('./bare-server.js');
    const { nothing, createKey, deleteKey } = mutationsOf(ours);
    try {
      const perSecond = await interleave(ROUNDS, {
        nothing: () => ours.throughput(nothing),
        createKey: () => ours.throughput(createKey),
        deleteKey: () => ours.throughput(deleteKey),
      });
      const cpu = await interleave(QUERY_ROUNDS, {
        known: () => ours.cpu((index) => ours.post(KNOWN, index)),
        bareKnown: () => bare.cpu((index) => bare.post(KNOWN, index)),
        unseen: () => ours.cpu((index) => ours.post(unseen(), index)),
        bareUnseen: () => bare.cpu((index) => bare.post(unseen(), index)),
      });
      return {
        figures: {
          nothingPerSecond: median(perSecond.nothing),
          createKeyPerSecond: median(perSecond.createKey),
          deleteKeyPerSecond: median(perSecond.deleteKey),
          ...medians(cpu, 'QueryCpuMicroseconds'),
        },
        ratios: {
          createKeyToNothing: ratio(perSecond.createKey, perSecond.nothing),
          deleteKeyToNothing: ratio(perSecond.deleteKey, perSecond.nothing),
          knownQueryCpuToBare: ratio(cpu.known, cpu.bareKnown),
          unseenQueryCpuToBare: ratio(cpu.unseen, cpu.bareUnseen),
        },
        goals: {
          createKeyToNothing: { atLeast: 0.45 },
          deleteKeyToNothing: { atLeast: 0.6 },
          unseenQueryCpuToBare: { atMost: 3.5 },
        },
      };
    } finally {
      await Promise.all([ours.stop(), bare.stop()]);
    }
  });
