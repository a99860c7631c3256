import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { itWith } from '../support/tools.js';

const UNIT = join(import.meta.dirname, '../../examples/systemd/keyledger.service');

itWith('systemd-analyze')('is a unit that systemd finds no fault with', () => {
  const unit = join(temporaryDirectory(), 'keyledger.service');
  copyFileSync(UNIT, unit);
  const output = execFileSync('bash', ['-c', `systemd-analyze verify '${unit}' 2>&1`], { encoding: 'utf8' });
  expect(output).toBe('');
});
