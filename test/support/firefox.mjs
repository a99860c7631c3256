#!/usr/bin/env node
// Starts the Firefox at KEYLEDGER_TEST_FIREFOX for Playwright, and relays WebDriver BiDi between them. Firefox does not know the command
// that sets the colour scheme of pages: the relay answers it, and sets a preference of Firefox instead.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import WebSocket, { WebSocketServer } from 'ws';

const READY = /^WebDriver BiDi listening on (ws:\/\/\S+)$/;
const SCHEMES = { dark: 0, light: 1 };
/** The ids of the relay's own commands, which Playwright never reaches. */
const OWN_IDS = 2 ** 40;

const firefox = spawn(process.env.KEYLEDGER_TEST_FIREFOX, ['--remote-allow-system-access', ...process.argv.slice(2)], {
  stdio: ['ignore', 'inherit', 'pipe'],
});
firefox.on('exit', (code) => process.exit(code ?? 1));
createInterface({ input: firefox.stderr }).on('line', (line) => {
  const [, address] = READY.exec(line) ?? [];
  if (address === undefined) process.stderr.write(`${line}\n`);
  else relayTo(address);
});

/** Listens, and prints where in Firefox's own words, which Playwright waits for. */
function relayTo(address) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('listening', () => process.stderr.write(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}\n`));
  server.on('connection', (playwright, { url }) => {
    const browser = new WebSocket(`${address}${url}`);
    const opened = new Promise((resolve) => browser.once('open', resolve));
    const own = ownCommands(browser);
    browser.on('message', (data) => own.hears(data) || playwright.send(String(data)));
    playwright.on('message', async (data) => {
      await opened;
      const { id, method, params } = JSON.parse(String(data));
      if (method !== 'emulation.setMediaFeaturesOverride') return browser.send(String(data));
      await setScheme(own.send, params.features['prefers-color-scheme']);
      playwright.send(JSON.stringify({ type: 'success', id, result: {} }));
    });
    browser.on('close', () => playwright.close());
    playwright.on('close', () => firefox.kill());
  });
}

/** Sends commands of the relay's own, and takes their answers out of what Firefox says. */
function ownCommands(browser) {
  const waiting = new Map();
  let last = OWN_IDS;
  return {
    send(method, params) {
      last += 1;
      browser.send(JSON.stringify({ id: last, method, params }));
      return new Promise((resolve) => waiting.set(last, resolve));
    },
    /** True if it was the answer to such a command. */
    hears(data) {
      const { id, result } = JSON.parse(String(data));
      waiting.get(id)?.(result);
      return waiting.delete(id);
    },
  };
}

/** Sets the colour scheme of every page; none is that of the system. */
async function setScheme(send, scheme) {
  const { contexts } = await send('browsingContext.getTree', { 'moz:scope': 'chrome', maxDepth: 0 });
  const name = JSON.stringify('layout.css.prefers-color-scheme.content-override');
  await send('script.evaluate', {
    expression: `Services.prefs.setIntPref(${name}, ${SCHEMES[scheme] ?? 2})`,
    target: { context: contexts[0].context },
    awaitPromise: false,
  });
}
