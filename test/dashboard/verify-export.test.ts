import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { leafBytes } from '../../src/domain/transparency/leaf.js';
import { hashLeaf } from '../../src/domain/transparency/merkle-tree.js';
import { MAX_DEPTH } from '../../src/shared/nesting.js';
import { keyledger } from '../cli/run.js';
import { expectUsable } from '../support/accessibility.js';
import { describeInBrowserWhenLong, openDashboard } from '../support/browser.js';
import { newAccount, temporaryDirectory } from '../support/cleanup.js';
import type { Client } from '../support/client.js';
import { asks, fill } from '../support/dashboard.js';
import { eventsIn, LOG_KEY, noteFor, withLeaf } from '../support/exports.js';
import { nested } from '../support/nested.js';
import { untilSigned } from '../support/readiness.js';
import { type Server, startServer } from '../support/server.js';

const linesOf = (text: string) => text.split(/(?<=\n)/);

describeInBrowserWhenLong('the page that verifies an export', () => {
  let server: Server;
  let auditor: Client;
  let account: string;
  /** Exports of the command line: of everything, and of one account. */
  let [whole, part, kept] = ['', '', ''];
  /** All events, each with its proof, as the page of the history saves them. */
  let proved = '';
  /** The part, with the proof for a checkpoint of size 5. */
  let shown = '';
  beforeAll(async () => {
    const data = temporaryDirectory();
    server = await startServer(data, { KEYLEDGER_LOG_KEY: LOG_KEY });
    ({ account } = await fill(await server.client(), 4));
    await fill(await server.client(), 4);
    await server.end('SIGTERM');
    const run = async (...given: string[]) => {
      const { code, stdout } = await keyledger(given, { KEYLEDGER_DATA: data, KEYLEDGER_LOG_KEY: LOG_KEY });
      expect(code).toBe(0);
      return stdout;
    };
    whole = await run('export');
    part = await run('export', '--account', account);
    proved = await run('export', '--from', '2000-01-01T00:00:00Z');
    const early = join(data, 'early.txt');
    writeFileSync(early, noteFor(eventsIn(linesOf(whole)), 5));
    shown = await run('export', '--account', account, '--checkpoint', early);
    kept = await run('checkpoint');
    server = await startServer(data, { KEYLEDGER_LOG_KEY: LOG_KEY });
    auditor = await server.client(newAccount(), { role: 'auditor' });
    await untilSigned(auditor);
  });

  const open = async () => {
    const opened = await openDashboard(auditor, { path: '/verify' });
    await opened.page.waitForFunction(() => document.querySelector('input')?.value);
    return opened;
  };
  const choose = (page: Page, text: string | Buffer) =>
    page.getByLabel('Exported file').setInputFiles({ name: 'x.ndjson', mimeType: 'text/plain', buffer: Buffer.from(text) });
  const refusal = (page: Page) => page.getByRole('alert').filter({ hasText: 'Not proved.' }).textContent();
  const idIn = (line: string | undefined): string => JSON.parse(line ?? '{}').id;

  it('proves an export of everything, and one of a part, and says what that does not prove', async () => {
    const { page, complaints } = await open();
    await choose(page, whole);
    await page.getByText('The file holds all events that were signed: 8 events of 2 accounts.').waitFor();
    await page.getByText('That the server did not rewrite the log before it signed.').waitFor();
    await page.getByLabel('Checkpoint that you kept').fill(kept);
    await page.getByRole('button', { name: 'Verify again' }).click();
    await page.getByText('That the server did not rewrite the log').waitFor({ state: 'detached' });
    await choose(page, part);
    await page.getByText('4 events, each unchanged and in its place in the signed log of 8 events.').waitFor();
    await page.getByText('That no event is missing.').waitFor();
    const lines = linesOf(part);
    await choose(page, [lines[0], lines.at(-1)].join(''));
    await page.getByText('1 event, unchanged and in its place in the signed log of 8 events.').waitFor();
    expect(complaints).toEqual([]);
    await expectUsable(page, 'verify');
  });

  it('verifies a file that is dropped onto it, without a network', async () => {
    const { page, context } = await open();
    await context.setOffline(true);
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.evaluate((text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], 'history.ndjson'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    }, part);
    await page.getByText('4 events, each unchanged').waitFor();
    expect(requests.filter((url) => !url.includes('/graphql'))).toEqual([]);
  });

  it('sees that an export holds all events although each has a proof of its own, and that one is missing', async () => {
    const { page } = await open();
    await choose(page, proved);
    await page.getByText('The file holds all events that were signed: 8 events of 2 accounts.').waitFor();
    expect(await page.getByText('That no event is missing.').count()).toBe(0);
    await choose(page, linesOf(proved).toSpliced(3, 1).join(''));
    await page.getByText('7 events, each unchanged and in its place in the signed log of 8 events.').waitFor();
    await page.getByText('That no event is missing.').waitFor();
  });

  /** Ways to tamper with an export: the text, what the page says, and the event that it names. */
  const tampered = (given: string, isWhole: boolean): [text: string, said: RegExp, id?: string][] => {
    const lines = linesOf(given);
    const [first = '', second = '', third = ''] = lines;
    const end = lines.length;
    const changed = second.replace(/"actor":"\w+"/, '"actor":"mallory"');
    const moved = isWhole ? /Line 2: its place in the log is 2, but should be 1/ : /Line 3: .*were moved/;
    const wrongSignature = given.replace(/(— \S+ \S{20})(.)/, (_, before, letter) => `${before}${letter === 'A' ? 'B' : 'A'}`);
    return [
      [lines.with(1, changed).join(''), /Line 2: the event was changed/, idIn(second)],
      [lines.with(1, third).with(2, second).join(''), moved],
      [wrongSignature, new RegExp(`Line ${end}: .*signature of .* is wrong`)],
      [lines.slice(0, -1).join('').slice(0, -40), new RegExp(`Line ${end - 1}: it is incomplete`)],
      [lines.slice(0, -1).join(''), new RegExp(`Line ${end}: the file is incomplete`)],
      [given + first, new RegExp(`Line ${end + 1}: it follows the checkpoint`)],
      [given.replace(/"leafIndex":\d/, '"leafIndex":9'), /Line 1: /, idIn(first)],
      [given.replace('{"position"', '{"evil":1,"position"'), /Line 1: it is not written as an export writes it/],
    ];
  };

  it.each(['everything', 'a part'])(
    'refuses an export of %s that was tampered with, and names line and event',
    async (what) => {
      const { page } = await open();
      const given = what === 'everything' ? whole : part;
      for (const [text, said, id = ''] of tampered(given, what === 'everything')) {
        expect(text).not.toBe(given);
        await choose(page, given);
        await page.getByText(/^Proved\./).waitFor();
        await choose(page, text);
        const refused = await refusal(page);
        expect(refused).toMatch(said);
        expect(refused).toContain(id);
      }
    },
  );

  it('refuses an export of everything that lacks a line', async () => {
    const { page } = await open();
    const lines = linesOf(whole);
    await choose(page, lines.toSpliced(1, 1).join(''));
    const refused = await refusal(page);
    expect(refused).toMatch(/Line 2: its place in the log is 2, but should be 1: an event is missing before it/);
    expect(refused).toContain(idIn(lines[2]));
  });

  it.each<[what: string, content: string | Buffer, said: RegExp]>([
    ['an empty file', '', /The file is empty/],
    ['a file that is no export', '{"a":1}\n', /Line 1: .* is not an export of Keyledger/],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe]), /Line 1: it is not text in UTF-8/],
  ])('refuses %s', async (_what, content, said) => {
    const { page } = await open();
    await choose(page, content);
    expect(await refusal(page)).toMatch(said);
  });

  it.each<[what: string, change: (text: string) => string, said: RegExp]>([
    ['an event', (text) => text.replace('"data":{', `"data":{"a":${nested(100_000)},`), /Line 1: .* is not an event or/],
    [
      'the last line',
      (text) => text.replace('{"checkpoint"', `{"complete":${nested(100_000)},"checkpoint"`),
      /Line 9: .* is not an event or/,
    ],
  ])('refuses an export in which %s is nested too deeply', async (_what, change, said) => {
    const { page } = await open();
    await choose(page, change(whole));
    expect(await refusal(page)).toMatch(said);
  });

  it('reads an event that is nested as deeply as the server reads one', async () => {
    const { page } = await open();
    await choose(page, whole.replace('"data":{', `"data":{"a":${nested(MAX_DEPTH - 1)},`));
    expect(await refusal(page)).toMatch(/Line 1: .*was changed/);
  });

  it.each([
    ['of the same size', 8],
    ['of an earlier time', 5],
  ])('refuses an export that a kept checkpoint contradicts, %s', async (_when, size) => {
    const events = eventsIn(linesOf(whole));
    const rewritten = events.map((event, index) =>
      index === 2 ? withLeaf({ ...event, metadata: { ...event.metadata, actor: 'mallory' } }) : event,
    );
    const { page } = await open();
    await page.getByLabel('Checkpoint that you kept').fill(noteFor(events, size));
    await choose(page, whole);
    await page.getByText(/^Proved\./).waitFor();
    await page.getByLabel('Checkpoint that you kept').fill(noteFor(rewritten, size));
    await page.getByRole('button', { name: 'Verify again' }).click();
    expect(await refusal(page)).toContain(`lines 1 to ${size} are not the events of the checkpoint that you kept`);
  });

  it('proves a part against each checkpoint that was kept, and refuses it where one contradicts it or is not shown', async () => {
    const events = eventsIn(linesOf(whole));
    const rewritten = events.map((event) => withLeaf({ ...event, metadata: { ...event.metadata, actor: 'mallory' } }));
    const notes = (...given: string[]) => given.join('\n');
    const { page } = await open();
    await page.getByLabel('Checkpoint that you kept').fill(notes(noteFor(events, 5), noteFor(events, 8)));
    await choose(page, shown);
    await page.getByText(/^Proved\./).waitFor();
    await page.route('**/graphql', (route) => (asks(route.request(), 'ConsistencyProof') ? route.abort() : route.fallback()));
    await choose(page, part);
    expect(await refusal(page)).toContain('nothing shows that the log of 8 events begins with the 5');
    await page.getByLabel('Checkpoint that you kept').fill(notes(noteFor(rewritten, 5), noteFor(events, 8)));
    await choose(page, shown);
    await page.getByText('does not begin with the 5 of the checkpoint that you kept').waitFor();
  });

  it('asks the server for a proof that a part lacks, and believes none that is wrong', async () => {
    const events = eventsIn(linesOf(whole));
    const { page } = await open();
    await page.getByLabel('Checkpoint that you kept').fill(noteFor(events, 5));
    await choose(page, part);
    await page.getByText(/^Proved\./).waitFor();
    await page.route('**/graphql', async (route) => {
      if (!asks(route.request(), 'ConsistencyProof')) return route.fallback();
      await route.fulfill({ json: { data: { consistencyProof: { path: [] } } } });
    });
    await page.getByRole('button', { name: 'Verify again' }).click();
    expect(await refusal(page)).toContain('nothing shows that the log of 8 events begins with the 5');
  });

  it('refuses an export of another log, and what is no checkpoint', async () => {
    const { page } = await open();
    const right = await page.getByLabel('Public key of the log').inputValue();
    await page.getByLabel('Public key of the log').fill(`${right}x`);
    await choose(page, whole);
    await page.getByText('correct the field above first').waitFor();
    await page.getByLabel('Public key of the log').fill(right);
    await page.getByLabel('Checkpoint that you kept').fill('nothing');
    await page.getByRole('button', { name: 'Verify again' }).click();
    await page.getByText('This is no checkpoint.').waitFor();
  });

  it('stays responsive while it verifies 50 MB, and names a fault at their end', async () => {
    const { page } = await open();
    const event = JSON.parse(linesOf(whole)[0] ?? '');
    const line = (index: number) => {
      const leaf = { ...event, id: `${event.id}-${index}`, version: index + 1, data: { ...event.data, name: 'n'.repeat(400) } };
      const place = { leaf: hashLeaf(leafBytes(leaf)).toString('base64'), leafIndex: index };
      return `${JSON.stringify({ ...leaf, position: index + 1, ...place })}\n`;
    };
    const count = Math.ceil(50_000_000 / line(0).length);
    const file = join(temporaryDirectory(), 'large.ndjson');
    const last = '{"checkpoint":null,"reason":"there is no key"}\n';
    writeFileSync(file, [...Array.from({ length: count }, (_, index) => line(index)), last].join(''));
    // Counts how often the page comes to do something else meanwhile.
    await page.evaluate(() => {
      let turns = 0;
      const turn = () => {
        if (document.querySelector('progress')) turns += 1;
        Object.assign(globalThis, { turns });
        setTimeout(turn);
      };
      turn();
    });
    await page.getByLabel('Exported file').setInputFiles(file);
    await page.getByLabel('Checkpoint that you kept').focus();
    expect(await refusal(page)).toMatch(new RegExp(`Line ${(count + 1).toLocaleString('en')}: the server did not sign`));
    expect(await page.evaluate(() => Reflect.get(globalThis, 'turns'))).toBeGreaterThan(50);
  });
});
