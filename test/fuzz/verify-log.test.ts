import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { formatVerifierKey } from '../../src/domain/transparency/verifier-key.js';
import { here } from '../cli/here.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { expectEnd } from '../support/command-end.js';
import { edited } from '../support/edited.js';
import { directoryWith, eventsIn, exported, noteFor, signerOf } from '../support/exports.js';
import { fuzz } from '../support/fuzz.js';

const ACCOUNTS = ['a', 'b', 'a', 'a', 'c', 'b', 'a', 'c'];

const lines = await exported(await directoryWith(ACCOUNTS));
const events = eventsIn(lines);
const history = lines.join('');
const note = noteFor(events, ACCOUNTS.length);
const key = formatVerifierKey(signerOf(events));

const directory = temporaryDirectory();

/** Either the text, an edited one, or any bytes. */
const contents = (text: string) =>
  fc.oneof(
    { arbitrary: fc.constant(text), weight: 4 },
    { arbitrary: edited(text), weight: 4 },
    { arbitrary: fc.uint8Array({ maxLength: 200 }), weight: 1 },
  );

const files = fc.record({ history: contents(history), note: contents(note), key: contents(key) });

fuzz('verify-log accepts files of any bytes only where they say what was signed', files, async (given) => {
  const written = Object.entries(given).map(([name, bytes]) => {
    const file = join(directory, name);
    writeFileSync(file, bytes);
    return file;
  });
  const [historyFile = '', noteFile = '', keyFile = ''] = written;
  const outcome = await here(['verify-log', historyFile, '--checkpoint', noteFile, '--public-key', keyFile]);
  expectEnd(outcome);
  if (outcome.code === 0)
    expect(
      eventsIn(
        String(given.history)
          .trimEnd()
          .split('\n')
          .map((line) => `${line}\n`),
      ),
    ).toEqual(events);
});
