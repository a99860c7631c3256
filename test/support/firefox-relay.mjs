#!/usr/bin/env node
// Starts the Firefox at KEYLEDGER_TEST_FIREFOX for Playwright, and relays WebDriver BiDi between them. It adds what one of them lacks:
// - Firefox does not know the command that sets media features. The relay answers it, and sets preferences of Firefox instead.
// - Playwright does not ask for the bodies of requests. The relay does, and tells them in a header (see firefox.ts).
// - Firefox does not number downloads, and Playwright ignores those without a number. The relay gives them their URL for one.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import WebSocket, { WebSocketServer } from 'ws';

const READY = /^WebDriver BiDi listening on (ws:\/\/\S+)$/;
const SCHEMES = { dark: 0, light: 1 };
const BODY = 'keyledger-test-body';
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
    let earlier = Promise.resolve();
    browser.on('message', (data) => {
      const message = JSON.parse(String(data));
      if (own.hears(message)) return;
      const completed = complete(message, own.send);
      earlier = earlier.then(() => completed).then(() => playwright.send(JSON.stringify(message)));
    });
    playwright.on('message', async (data) => {
      await opened;
      const { id, method, params } = JSON.parse(String(data));
      if (method === 'emulation.setMediaFeaturesOverride') {
        await setMedia(own.send, params.features['prefers-color-scheme']);
        return playwright.send(JSON.stringify({ type: 'success', id, result: {} }));
      }
      if (method === 'network.addDataCollector') params.dataTypes.push('request');
      if (method === 'network.continueRequest') params.headers = params.headers?.filter(({ name }) => name !== BODY);
      browser.send(JSON.stringify({ id, method, params }));
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
    hears({ id, result }) {
      waiting.get(id)?.(result);
      return waiting.delete(id);
    },
  };
}

/** Adds to an event what Playwright needs to know. */
async function complete({ method, params }, send) {
  if (method?.startsWith('browsingContext.download')) params.download ??= params.url;
  if (method !== 'network.beforeRequestSent' || !params.request.bodySize) return;
  const { bytes } = (await send('network.getData', { request: params.request.request, dataType: 'request' })) ?? {};
  if (!bytes) return;
  const value = bytes.type === 'base64' ? bytes.value : Buffer.from(bytes.value).toString('base64');
  params.request.headers.push({ name: BODY, value: { type: 'string', value } });
}

/**
 * Sets the colour scheme of every page; null is that of the system. Playwright names no other feature to Firefox. Pages without a
 * preferred scheme, which is the light one, get reduced motion.
 */
async function setMedia(send, scheme) {
  const preferences = {
    'layout.css.prefers-color-scheme.content-override': scheme === null ? 2 : SCHEMES[scheme ?? 'light'],
    'ui.prefersReducedMotion': scheme === undefined ? 1 : 0,
  };
  const { contexts } = await send('browsingContext.getTree', { 'moz:scope': 'chrome', maxDepth: 0 });
  await send('script.evaluate', {
    expression: `for (const [name, value] of ${JSON.stringify(Object.entries(preferences))}) Services.prefs.setIntPref(name, value)`,
    target: { context: contexts[0].context },
    awaitPromise: false,
  });
}
