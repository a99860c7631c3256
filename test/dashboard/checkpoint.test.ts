import { createHash } from 'node:crypto';
import { verifyCheckpoint } from '../../src/dashboard/transparency/checkpoint.js';
import { formatCheckpoint } from '../../src/domain/transparency/checkpoint.js';
import { formatVerifierKey, noteSigner, signNote } from '../../src/domain/transparency/signed-note.js';

const log = noteSigner('example.com/log', Buffer.alloc(32, 1));
const successor = noteSigner('example.com/log', Buffer.alloc(32, 2));
const witness = noteSigner('witness.example', Buffer.alloc(32, 3));
const publicKey = formatVerifierKey(log);
const root = Buffer.alloc(32, 7);
const text = formatCheckpoint({ origin: log.name, size: 3, root });

/** The API's answer. The page must read the tree from the signed note, not from the fields beside it. */
const answered = (note: string, key = publicKey) => ({
  note,
  publicKey: key,
  origin: 'another',
  treeSize: 9,
  root: Buffer.alloc(32, 9).toString('base64'),
});

it('reads the tree from a checkpoint that the log has signed, alone or among others', async () => {
  for (const signers of [[log], [witness, successor, log]]) {
    const tree = await verifyCheckpoint(answered(signNote(text, signers)));
    expect(tree).toEqual({ publicKey, size: 3, root: Uint8Array.from(root) });
  }
});

it.each([
  ['another key of the same name has signed', signNote(text, [successor])],
  ['another name has signed', signNote(text, [witness])],
  ['nobody has signed', `${text}\n`],
  ['something else was signed', signNote(text, [log]).replace('\n3\n', '\n4\n')],
  ['the end of something else was signed', `${text}\n${signNote(text, [log])}`],
  ['there is no note', ''],
])('refuses it where %s', async (_why, note) => {
  await expect(verifyCheckpoint(answered(note))).rejects.toThrow(/not signed by the key|signature of the checkpoint is wrong/);
});

it.each([
  ['of another log', formatCheckpoint({ origin: witness.name, size: 3, root })],
  ['of no events', formatCheckpoint({ origin: log.name, size: 0, root })],
  ['of a size that is no number', text.replace('\n3\n', '\n3e2\n')],
  ['of a size that no tree has', text.replace('\n3\n', `\n${2 ** 60}\n`)],
  ['with a root that is too short', text.replace(root.toString('base64'), root.subarray(1).toString('base64'))],
  ['without a root', `${log.name}\n3\n`],
])('refuses a text that the log has signed, %s', async (_what, signed) => {
  await expect(verifyCheckpoint(answered(signNote(signed, [log])))).rejects.toThrow(
    'What was signed is no checkpoint of this log.',
  );
});

it('refuses a key that does not fit its id', async () => {
  const note = signNote(text, [log]);
  const [name, keyId = '', ...key] = publicKey.split('+');
  const other = formatVerifierKey(successor).split('+')[1] ?? '';
  for (const wrong of [[name, other, ...key].join('+'), `${name}+${keyId}`, '']) {
    await expect(verifyCheckpoint(answered(note, wrong))).rejects.toThrow('is not signed by the key that it comes with');
  }
});

it('refuses a key of another kind, though its id fits', async () => {
  const typed = Buffer.from(publicKey.split('+').slice(2).join('+'), 'base64').fill(2, 0, 1);
  const keyId = createHash('sha256').update(`${log.name}\n`).update(typed).digest('hex').slice(0, 8);
  const note = signNote(text, [{ ...log, keyId }]);
  const wrong = `${log.name}+${keyId}+${typed.toString('base64')}`;
  await expect(verifyCheckpoint(answered(note, wrong))).rejects.toThrow('is not signed by the key that it comes with');
});

it('refuses a key that took over the id of the log’s', async () => {
  const [name, keyId] = publicKey.split('+');
  const taken = `${name}+${keyId}+${formatVerifierKey(successor).split('+').slice(2).join('+')}`;
  const note = signNote(text, [{ ...successor, keyId: log.keyId }]);
  await expect(verifyCheckpoint(answered(note, taken))).rejects.toThrow('is not signed by the key that it comes with');
});
