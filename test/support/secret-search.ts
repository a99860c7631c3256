/** So many characters in a row of a secret, plain or encoded, count as found. */
const PART = 16;

/** A part of a secret, in any form, is within such a run of characters. */
const RUN = new RegExp(`[\\w%+/=.~-]{${PART},}`, 'g');

/** The forms in which a text or a key may be written down. */
const FORMS: Record<string, (bytes: Buffer) => string> = {
  plain: (bytes) => bytes.toString('latin1'),
  'lower case': (bytes) => bytes.toString('latin1').toLowerCase(),
  'upper case': (bytes) => bytes.toString('latin1').toUpperCase(),
  hex: (bytes) => bytes.toString('hex'),
  'upper-case hex': (bytes) => bytes.toString('hex').toUpperCase(),
  'URL-encoded': (bytes) => encodeURIComponent(bytes.toString('latin1')),
  'URL-encoded throughout': (bytes) => bytes.toString('hex').toUpperCase().replaceAll(/../g, '%$&'),
  'URL-encoded throughout, in lower case': (bytes) => bytes.toString('hex').replaceAll(/../g, '%$&'),
  ...Object.fromEntries(
    (['base64', 'base64url'] as const).flatMap((encoding) =>
      [0, 1, 2].map((before) => [`${encoding} after ${before} bytes`, (bytes: Buffer) => within(bytes, before, encoding)]),
    ),
  ),
};

/** What a text with these bytes in it contains when it is encoded, if so many bytes (modulo 3) come before them. */
function within(bytes: Buffer, before: number, encoding: 'base64' | 'base64url'): string {
  const mixed = before === 0 ? 0 : before + 1;
  return Buffer.concat([Buffer.alloc(before), bytes])
    .toString(encoding)
    .slice(mixed);
}

function* partsOf(text: string): Generator<string> {
  for (let start = 0; start + PART <= text.length; start += 1) yield text.slice(start, start + PART);
}

/** Searches bytes for secrets, whole or in part, plain or encoded. */
export class SecretSearch {
  readonly #nameOfPart = new Map<string, string>();

  /** @param secret a text, or the bytes of a key */
  add(name: string, secret: string | Buffer): void {
    for (const form of Object.values(FORMS))
      for (const part of partsOf(form(Buffer.from(secret)))) this.#nameOfPart.set(part, name);
  }

  /** The names of the secrets of which at least 16 characters in a row are there, in any form. */
  foundIn(content: string | Buffer): string[] {
    const text = typeof content === 'string' ? content : content.toString('latin1');
    const found = new Set<string>();
    for (const [run] of text.matchAll(RUN)) {
      for (const part of partsOf(run)) {
        const name = this.#nameOfPart.get(part);
        if (name !== undefined) found.add(name);
      }
    }
    return [...found];
  }

  /**
   * Puts a part of such a secret into the middle of the content, in each form a part of another one, and searches for them.
   * @returns the forms that were not found
   */
  missedIn(content: string | Buffer, makeSecret: () => string): string[] {
    const planted = Object.entries(FORMS).map(([name, form]) => ({ name, form, secret: makeSecret() }));
    const search = new SecretSearch();
    for (const { name, secret } of planted) search.add(name, secret);
    const bytes = Buffer.from(content);
    const middle = bytes.length >> 1;
    const parts = planted.map(({ form, secret }) => form(Buffer.from(secret)).slice(PART, 2 * PART));
    const found = search.foundIn(
      Buffer.concat([bytes.subarray(0, middle), Buffer.from(`\n${parts.join('\n')}\n`), bytes.subarray(middle)]),
    );
    return planted.map(({ name }) => name).filter((name) => !found.includes(name));
  }
}
