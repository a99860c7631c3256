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

/** What a server needs beyond the usual was found with strace: on Node 20, 22, 24 and 26, with two workers, on all addresses. */
it.each([
  [
    'read the addresses of the machine, which Node does when it listens on all of them',
    /^RestrictAddressFamilies=.*\bAF_NETLINK\b/m,
  ],
  ['protect memory with keys, which Node 20 does at its start', /^SystemCallFilter=@system-service @pkey$/m],
])('lets a server %s', (_, permission) => {
  expect(readFileSync(UNIT, 'utf8')).toMatch(permission);
});
