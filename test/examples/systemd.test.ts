import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
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

/** Node reads the addresses of the machine when a server listens on all of them. Where it may not, the process ends. */
it('lets a server listen on all addresses', () => {
  expect(readFileSync(UNIT, 'utf8')).toMatch(/^RestrictAddressFamilies=.*\bAF_NETLINK\b/m);
});
