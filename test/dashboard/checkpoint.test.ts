import { createHash } from 'node:crypto';
import { verifyTree } from '../../src/dashboard/transparency/signed-tree.js';
import { formatCheckpoint } from '../../src/domain/transparency/checkpoint.js';
import { noteSigner, signNote } from '../../src/domain/transparency/sign-note.js';
import { MalformedNote } from '../../src/domain/transparency/signed-note.js';
import { formatVerifierKey, MalformedKey } from '../../src/domain/transparency/verifier-key.js';

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
    const tree = await verifyTree(answered(signNote(text, signers)));
    expect(tree).toEqual({ publicKey, size: 3, root: Uint8Array.from(root) });
  }
});

it.each([
  ['another key of the same name has signed', signNote(text, [successor]), /none of the known keys has signed it/],
  ['another name has signed', signNote(text, [witness]), /none of the known keys has signed it/],
  ['nobody has signed', `${text}\n`, MalformedNote],
  ['something else was signed', signNote(text, [log]).replace('\n3\n', '\n4\n'), /signature of example.com\/log.* is wrong/],
  ['the end of something else was signed', `${text}\n${signNote(text, [log])}`, /signature of example.com\/log.* is wrong/],
  ['there is no note', '', MalformedNote],
])('refuses it where %s', async (_why, note, reason) => {
  await expect(verifyTree(answered(note))).rejects.toThrow(reason);
});

it.each([
  ['of another log', formatCheckpoint({ origin: witness.name, size: 3, root }), /is a checkpoint of the log witness.example/],
  ['of no events', formatCheckpoint({ origin: log.name, size: 0, root }), /is of no events/],
  ['of a size that is no number', text.replace('\n3\n', '\n3e2\n'), /size of a checkpoint .* is "3e2"/],
  ['of a size that no tree has', text.replace('\n3\n', `\n${2 ** 60}\n`), /size of a checkpoint .* is "1152921504606847000"/],
  [
    'with a root that is too short',
    text.replace(root.toString('base64'), root.subarray(1).toString('base64')),
    /root of a checkpoint/,
  ],
  ['without a root', `${log.name}\n3\n`, /root of a checkpoint/],
])('refuses a text that the log has signed, %s', async (_what, signed, reason) => {
  await expect(verifyTree(answered(signNote(signed, [log])))).rejects.toThrow(reason);
});

it('refuses a key that does not fit its id', async () => {
  const note = signNote(text, [log]);
  const [name, keyId = '', ...key] = publicKey.split('+');
  const other = formatVerifierKey(successor).split('+')[1] ?? '';
  for (const wrong of [[name, other, ...key].join('+'), `${name}+${keyId}`, '']) {
    await expect(verifyTree(answered(note, wrong))).rejects.toThrow(MalformedKey);
  }
});

it('refuses a key of another kind, though its id fits', async () => {
  const typed = Buffer.from(publicKey.split('+').slice(2).join('+'), 'base64').fill(2, 0, 1);
  const keyId = createHash('sha256').update(`${log.name}\n`).update(typed).digest('hex').slice(0, 8);
  const note = signNote(text, [{ ...log, keyId }]);
  const wrong = `${log.name}+${keyId}+${typed.toString('base64')}`;
  await expect(verifyTree(answered(note, wrong))).rejects.toThrow('it is not an Ed25519 key');
});

it('refuses a key that took over the id of the log’s', async () => {
  const [name, keyId] = publicKey.split('+');
  const taken = `${name}+${keyId}+${formatVerifierKey(successor).split('+').slice(2).join('+')}`;
  const note = signNote(text, [{ ...successor, keyId: log.keyId }]);
  await expect(verifyTree(answered(note, taken))).rejects.toThrow('its name, id and key do not belong together');
});
