import type { BrowserContext } from 'playwright-core';

/** The header in which the relay (firefox-relay.mjs) tells the body of a request, in base64. */
const BODY = 'keyledger-test-body';

/** Gives the tests what Playwright leaves out in Firefox: the bodies of requests, and fields that are filled as by a user. */
export async function complete(context: BrowserContext): Promise<void> {
  context.on('request', (request) => {
    const told = request.headers()[BODY];
    if (told === undefined) return;
    const body = Buffer.from(told, 'base64');
    Object.assign(request, { postData: () => body.toString(), postDataBuffer: () => body });
  });
  // Playwright's own way sets the value as a script of the page does, which React does not hear.
  await context.addInitScript(`
    Object.defineProperty(globalThis, '__pw_bidiInsertText', {
      get: () => (text) => void document.execCommand('insertText', false, text),
      set: () => {},
    });`);
}
