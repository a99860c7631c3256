import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, Route } from 'playwright-core';
import { CheckpointDocument } from '../../src/client/gql/graphql.js';
import { keyledger } from '../cli/run.js';
import { describeInBrowserWhenLong, openDashboard } from '../support/browser.js';
import { temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { fill } from '../support/dashboard.js';
import { untilFilled, untilSigned } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';

const HISTORY = { path: '/history' };

/** What a browser stores about the tree that it has seen. */
interface Kept {
  publicKey: string;
  size: number;
  root: string;
  seenAt: number;
}

describeInBrowserWhenLong('the verification of the history', () => {
  let server: Server;
  /** An owner all of whose events are covered by a checkpoint: a server signs once more before it stops. */
  let signed: Client;
  beforeAll(async () => {
    const data = temporaryDirectory();
    server = await startServer(data);
    const { account } = await fill(await server.client(), 2);
    await server.end('SIGTERM');
    server = await startServer(data);
    signed = await server.client(account);
    await untilFilled(server);
    await untilSigned(signed);
  });

  const untilVerified = (page: Page) => page.getByText('Verified by this browser.').waitFor();
  const keptIn = (page: Page): Promise<Kept> =>
    page.evaluate(() => JSON.parse(localStorage.getItem('keyledger.checkpoint') ?? '{}'));

  /** Waits for a checkpoint of more than that many events. */
  const untilSignedBeyond = async (size: number): Promise<void> => {
    for (;;) {
      const { data } = await signed.send(CheckpointDocument, {});
      if (data?.checkpoint && data.checkpoint.treeSize > size) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  /** Changes the server's answers to the page, as an attacker in its place could. */
  const tamper = (page: Page, operation: string, change: (text: string) => string) =>
    page.route('**/graphql', async (route: Route) => {
      if (!route.request().postData()?.includes(operation)) return route.fallback();
      const response = await route.fetch();
      await route.fulfill({ response, body: change(await response.text()) });
    });

  it.each([
    [
      'an event that was changed',
      'HistoryPage',
      (text: string) => text.replace('key 0', 'key X'),
      /1 event shown here is not in the log/,
    ],
    [
      'an event with another time',
      'HistoryPage',
      (text: string) => text.replace(/("at\\":\\"20)2/, '$13'),
      /1 event shown here is not in the log/,
    ],
    [
      'a proof that was changed',
      'HistoryPage',
      (text: string) => text.replace(/"leafIndex":(\d+)/, (_, index) => `"leafIndex":${Number(index) + 1}`),
      /not in the log/,
    ],
    [
      'an event that is said to be unsigned, before one that is signed',
      'HistoryPage',
      (text: string) => text.replace(/"inclusionProof":\{[^}]*\}/, '"inclusionProof":null'),
      /1 event shown here is not in the log/,
    ],
    [
      'a root that nobody signed',
      'Checkpoint',
      (text: string) => text.replace(/\\n(\d+)\\n/, '\\n1$1\\n'),
      /signature of keyledger\/.* is wrong/,
    ],
    [
      'a key that is not that of the log',
      'Checkpoint',
      (text: string) => text.replace(/(publicKey":"[^"]*)[A-Z]([^"]*")/, '$1z$2'),
      /key cannot be used for signed notes/,
    ],
  ])('calls %s what it is', async (_what, operation, change, said) => {
    const { page } = await openDashboard(signed, HISTORY);
    await page.waitForFunction(() => document.querySelectorAll('td[data-label="Proof"] .active').length === 2);
    expect(await page.locator('td[data-label="Proof"]').allTextContents()).toEqual(['Verified', 'Verified']);
    await tamper(page, operation, change);
    await page.reload();
    await page.getByText('The history cannot be trusted.').waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(said);
    // The cause is nothing that this browser has seen.
    expect(await page.getByRole('button', { name: 'Forget what it saw' }).count()).toBe(0);
  });

  it('does not say that it has verified anything where nothing was proved', async () => {
    const { page } = await openDashboard(signed, HISTORY);
    await untilVerified(page);
    await tamper(page, 'HistoryPage', (text) => text.replaceAll(/"inclusionProof":\{[^}]*\}/g, '"inclusionProof":null'));
    await page.reload();
    await page.getByText('The history is not verified yet. 2 events will be signed within seconds.').waitFor();
    expect(await page.getByText('Verified by this browser.').count()).toBe(0);
  });

  it.each<[what: string, changes: Partial<Kept>, said: RegExp]>([
    ['was rewritten', { root: btoa('another root of thirty-two bytes') }, /does not agree with the one of \d+ that/],
    ['has become smaller', { size: 1_000_000 }, /of \d+ events does not agree with the one of 1000000 that/],
    ['is another one', { publicKey: 'another+00000000+key' }, /has seen another log here before/],
  ])(
    'calls a log that %s since this browser last saw it what it is, until the user knows why',
    async (_what, changes, said) => {
      const { page } = await openDashboard(signed, HISTORY);
      await untilVerified(page);
      await page.evaluate((changes) => {
        const kept = JSON.parse(localStorage.getItem('keyledger.checkpoint') ?? '{}');
        localStorage.setItem('keyledger.checkpoint', JSON.stringify({ ...kept, ...changes }));
      }, changes);
      // It keeps its stored state: the log is not trusted at the second visit either.
      for (const _look of ['first', 'second']) {
        await page.reload();
        await page.getByText('The history cannot be trusted.').waitFor();
        expect(await page.getByRole('alert').textContent()).toMatch(said);
        expect(await keptIn(page)).toMatchObject(changes);
      }
      await page.getByRole('button', { name: 'Forget what it saw' }).click();
      await untilVerified(page);
    },
  );

  it('believes an earlier tree of the same log, and goes on from the later one', async () => {
    const { page } = await openDashboard(signed, HISTORY);
    await untilVerified(page);
    const early = await keptIn(page);
    const answer = await signed.send(CheckpointDocument, {});
    await fill(await server.client(), 2);
    await untilSignedBeyond(early.size);
    await page.reload();
    await page.getByText(/which goes on from what this browser saw on/).waitFor();
    const later = await keptIn(page);
    expect(later.size).toBeGreaterThan(early.size);
    await tamper(page, 'Checkpoint', () => answer.text);
    await page.reload();
    await page.getByText(`in the signed log of ${early.size}`).waitFor();
    expect(await keptIn(page)).toEqual(later);
  });

  describe('of a log that goes on under another name after a loss', () => {
    let renamed: Client;
    beforeAll(async () => {
      const data = temporaryDirectory();
      let other = await startServer(data);
      const { account } = await fill(await other.client(), 2);
      await other.end('SIGTERM');
      writeFileSync(join(data, 'restored'), 'This data directory was restored.\n');
      expect(await keyledger(['recover', '--accept-loss'], { KEYLEDGER_DATA: data })).toMatchObject({ code: 0 });
      other = await startServer(data);
      renamed = await other.client(account);
      await untilFilled(other);
      await untilSigned(renamed);
    });

    /** A page in whose browser the log was seen under its first name, with the state that it stored. */
    const openUnderFirstName = async (changes: Partial<Kept> = {}) => {
      const { page } = await openDashboard(renamed, HISTORY);
      await untilVerified(page);
      const now = await keptIn(page);
      const publicKey = now.publicKey.replace(/^(keyledger\/[^/]+)\/[^+]+/, '$1');
      expect(publicKey).not.toBe(now.publicKey);
      const kept = { ...now, ...changes, publicKey };
      await page.evaluate((text) => localStorage.setItem('keyledger.checkpoint', text), JSON.stringify(kept));
      await page.reload();
      return { page, now };
    };

    it('believes it where it still holds what this browser has seen, and remembers the new origin', async () => {
      const { page, now } = await openUnderFirstName();
      await page.getByText(/which goes on from what this browser saw on/).waitFor();
      expect(await keptIn(page)).toMatchObject({ publicKey: now.publicKey });
    });

    it('says that events were lost where it does not', async () => {
      const { page } = await openUnderFirstName({ size: 5 });
      await page.getByText('The history cannot be trusted.').waitFor();
      expect(await page.getByRole('alert').textContent()).toMatch(/Events were lost, and the log goes on under another name/);
    });
  });

  it('remembers what it saw, and says that the log goes on from there', async () => {
    const { page } = await openDashboard(signed, HISTORY);
    await untilVerified(page);
    const { size } = await keptIn(page);
    await fill(await server.client(), 2);
    await untilSignedBeyond(size);
    await page.reload();
    await page.getByText(/which goes on from what this browser saw on/).waitFor();
    await page.waitForFunction(() => document.querySelectorAll('td[data-label="Proof"] .active').length === 2);
    expect(await page.locator('td[data-label="Proof"]').allTextContents()).toEqual(['Verified', 'Verified']);
  });
});
