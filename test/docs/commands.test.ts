import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanUpLater } from '../support/cleanup.js';
import { EventStoreDbServer } from '../support/eventstoredb-server.js';
import { isLong } from '../support/long.js';
import { PageFolder, type Running } from '../support/page-folder.js';
import { type Block, type Page, ROOT, readPages } from '../support/pages.js';
import { untilFilled, untilProjected } from '../support/readiness.js';
import { whileLiving } from '../support/server.js';
import { isShown } from '../support/shown-answer.js';
import { isOnPath } from '../support/tools.js';

/** Languages of output: such a block shows what the block before it prints. */
const ANSWERS = ['text', 'json'];
const ROLES = ['owner', 'operator', 'auditor', 'analyst'];

/** Programs that a page may need and a machine may lack. */
const TOOLS = ['curl', 'nginx', 'sqlite3'];
/** Pages with this address are followed beside an empty EventStoreDB. */
const EVENTSTOREDB = 'esdb://127.0.0.1:2113';
/** A long run follows every page; the usual run follows what newcomers read first. */
const FOLLOWED_ALWAYS = ['README.md', 'docs/tutorials/first-key.md'];
/** Guides that the usual run follows after those, on their data directory. */
const FOLLOWED_THEN = ['docs/how-to/use-the-graphql-api.md', 'docs/how-to/rotate.md', 'docs/how-to/respond-to-a-leak.md'];

/** The guide after which the log takes no more events. */
const FOLLOWED_LAST = 'docs/how-to/move-to-eventstoredb.md';

/** How long a page may wait for an output, in milliseconds: less than a test may take, so that the test can say what was written instead. */
const PATIENCE = 600_000;

/** The reference is generated, and has tests of its own. */
const pages = readPages().filter(({ path }) => !path.startsWith('docs/reference/'));

describe.each(pages.map((page) => [page.path, page] as const))('%s', (_, page) => {
  const run = page.blocks.filter((block) => !block.isNotRun);
  const shown = run.filter(({ info: [file = ''] }) => file.startsWith('examples/'));
  const steps = run.filter(isStep);

  it('has no block that is neither run, nor an answer, nor a file of the examples, nor marked _not run_', () => {
    const others = run.filter((block, index) => {
      const before = run[index - 1];
      const isAnswer = ANSWERS.includes(block.language) && before !== undefined && isStep(before);
      return !isStep(block) && !isAnswer && !shown.includes(block) && block.info[0] !== 'diagram';
    });
    expect(others.map(({ line, language }) => `${page.path}:${line} ${language}`)).toEqual([]);
  });

  if (shown.length > 0)
    it.each(shown.map(({ line, info: [file = ''], text }) => [file, line, text] as const))(
      'shows %s as it is (line %i)',
      (file, _line, text) => {
        expect(existsSync(join(ROOT, file))).toBe(true);
        expect(text).toBe(readFileSync(join(ROOT, file), 'utf8'));
      },
    );

  if (steps.length > 0 && (isLong || FOLLOWED_ALWAYS.includes(page.path)))
    (hasTools(page.path, steps) ? it : it.skip)(
      'works when it is pasted from top to bottom, with the answers that it shows',
      () => follow(page, run),
    );
});

it('works on the data directory of all pages before it', async () => {
  const folder = await PageFolder.open();
  const isFollowed = ({ path }: Page) => isLong || [...FOLLOWED_ALWAYS, ...FOLLOWED_THEN].includes(path);
  for (const page of pagesInOrder().filter(isFollowed)) {
    const blocks = page.blocks.filter((block) => !block.isNotRun);
    const steps = blocks.filter(isStep);
    if (steps.length > 0 && hasTools(page.path, steps)) await followIn(folder, page, blocks);
  }
  await folder.end();
});

/** The pages in the order in which a newcomer reads them: the first page, the tutorials, the guides, and the rest. */
function pagesInOrder(): Page[] {
  const order = [...FOLLOWED_ALWAYS, 'docs/tutorials/', 'docs/how-to/', ''];
  const rankOf = ({ path }: Page) =>
    path === FOLLOWED_LAST ? order.length : order.findIndex((start) => path.startsWith(start));
  return [...pages].sort((a, b) => rankOf(a) - rankOf(b));
}

function isOnEventStoreDb(steps: Block[]): boolean {
  return steps.some(({ text }) => text.includes(EVENTSTOREDB));
}

function hasTools(page: string, steps: Block[]): boolean {
  const needed = (word: string) => steps.some(({ text }) => text.includes(word));
  const tools = [...TOOLS.filter((tool) => needed(`${tool} `)), ...(needed(EVENTSTOREDB) ? ['eventstored'] : [])];
  const missing = tools.filter((tool) => !isOnPath(tool, `${process.env.PATH}:/usr/sbin`));
  if (missing.length > 0) process.stderr.write(`\n${page} IS SKIPPED: no ${missing.join(', ')} on the PATH.\n`);
  return missing.length === 0;
}

function isStep({ language }: Block): boolean {
  return language === 'sh' || language === 'graphql';
}

/** Follows a page in an empty folder. */
async function follow(page: Page, blocks: Block[]): Promise<void> {
  const folder = await PageFolder.open();
  await followIn(folder, page, blocks);
  await folder.end();
}

/** Follows a page, beside an empty EventStoreDB if it names one. If it does not start a server itself, it is followed beside one. */
async function followIn(folder: PageFolder, { path, text }: Page, blocks: Block[]): Promise<void> {
  if (isOnEventStoreDb(blocks.filter(isStep))) {
    const eventStoreDb = new EventStoreDbServer(folder.portOf('2113'));
    cleanUpLater(() => eventStoreDb.kill());
    await eventStoreDb.start();
  }
  const [, account = ''] = /--account (\S+)/.exec(text) ?? [];
  const [first] = blocks.filter(isStep);
  if (!first?.info.includes('terminal-1')) await keepRunning(folder, 'terminal-1', 'npm start', '…\nKeyledger answers at …\n…');
  for (const [index, block] of blocks.entries()) {
    if (!isStep(block)) continue;
    const next = blocks[index + 1];
    const answer = next && ANSWERS.includes(next.language) && next.info[0] !== 'diagram' ? next : undefined;
    await step({ folder, account, where: `${path}:${block.line}` }, block, answer);
  }
}

/** Where a block is followed. */
interface Following {
  folder: PageFolder;
  /** The account that the page names first: its owners ask the queries. */
  account: string;
  where: string;
}

async function step(following: Following, { language, info, text }: Block, answer: Block | undefined): Promise<void> {
  const { folder, where } = following;
  const terminal = info.find((word) => word.startsWith('terminal-'));
  if (terminal !== undefined) {
    if (!answer) throw new Error(`${where}: what goes on running needs an answer to wait for.`);
    return keepRunning(folder, terminal, text, answer.text, where);
  }
  if (info.includes('stops')) await folder.stop('terminal-1');
  const { code, output } =
    language === 'graphql'
      ? await askGraphQL(following, text, info)
      : await folder.run(text, { mayFail: info.includes('fails') });
  expect({ where, output, failed: code !== 0 }).toEqual({ where, output, failed: info.includes('fails') });
  if (answer && !isShown(answer.text, output, answer.language)) expect(`${where}\n${output}`).toBe(`${where}\n${answer.text}`);
}

/** Runs a command in a terminal of its own until it prints what the page shows; a server, until it has filled its projections. */
async function keepRunning(folder: PageFolder, terminal: string, command: string, shown: string, where = ''): Promise<void> {
  await until(await folder.keepRunning(terminal, command), shown, where);
  if (shown.includes('Keyledger answers at')) await untilFilled(folder);
}

/** Sends a query to the page's server in that role. Before it does, all projections have what the page has changed. */
async function askGraphQL(
  { folder, account }: Following,
  query: string,
  info: string[],
): Promise<{ code: number; output: string }> {
  const role = info.find((word) => ROLES.includes(word)) ?? 'owner';
  const { output: token } = await folder.run(
    `npx --no keyledger token ${role === 'owner' ? `--account ${account}` : ''} --role ${role}`,
  );
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token.trim()}` };
  await untilProjected(folder);
  const response = await fetch(`${folder.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const output = await response.text();
  return { code: 'errors' in JSON.parse(output) ? 1 : 0, output };
}

/** Waits until the output is what the page shows. Fails if the command ends before. */
async function until(running: Running, shown: string, where: string): Promise<void> {
  const isSo = () => isShown(shown, running.output(), 'text');
  const end = Date.now() + PATIENCE;
  await whileLiving(running, () => isSo() || Date.now() > end);
  if (!isSo()) expect(`${where}\n${running.output()}`).toBe(`${where}\n${shown}`);
}
