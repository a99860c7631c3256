import { join } from 'node:path';
import { openLogKey } from '../../src/auth/log-key.js';
import { checkHistory } from '../../src/cli/transparency/check-history.js';
import { readConfig } from '../../src/config.js';
import { noteSigner } from '../../src/domain/transparency/sign-note.js';
import { CheckpointFile } from '../../src/projections/transparency/checkpoint-file.js';
import { answer } from './support/child.js';
import { usedSoFar } from './support/used.js';

export interface Verified {
  events: number;
  milliseconds: number;
  /** The process's maximum memory, in megabytes. */
  megabytes: number;
}

const [directory = ''] = process.argv.slice(2);

answer<object>(async (): Promise<Verified> => {
  const seed = await openLogKey(readConfig({ KEYLEDGER_DATA: directory }));
  const { origin = '' } = (await new CheckpointFile(join(directory, 'checkpoints')).latest()) ?? {};
  const verifiers = seed ? [noteSigner(origin, seed)] : [];
  const start = performance.now();
  const { events } = await checkHistory(join(directory, 'export.ndjson'), { kept: [], verifiers });
  return { events, milliseconds: performance.now() - start, megabytes: usedSoFar().megabytes };
});
