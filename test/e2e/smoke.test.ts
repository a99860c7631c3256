import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyledger } from '../cli/run.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { rounds } from '../support/long.js';
import { startServer } from '../support/server.js';

/** The number of repetitions; in a long run, enough to show a crash that happens in every second start. */
const ROUNDS = Number(process.env.KEYLEDGER_TEST_SMOKES ?? rounds(1, 2));

/** Runs the command, which must succeed, and returns its output. */
async function output(args: string[], data: string): Promise<string> {
  const { code, stdout, stderr } = await keyledger(args, { KEYLEDGER_DATA: data });
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  return stdout;
}

it.each(Array.from({ length: ROUNDS }, (_, index) => index + 1))(
  'starts, creates, refuses a third key, deletes, verifies, exports, proves, and ends with 0: round %i',
  async () => {
    const data = temporaryDirectory();
    const server = await startServer(data);
    const client = await server.client();
    const verify = async ({ key, secret }: { key: { keyId: string }; secret: string }) => {
      const basic = Buffer.from(`${key.keyId}:${secret}`).toString('base64');
      return (await fetch(`${server.url}/v1/verify`, { headers: { authorization: `Basic ${basic}` } })).status;
    };
    const [first, second] = [await client.newKey({ name: 'first' }), await client.newKey({ name: 'second' })];
    expect(await client.createKey({ name: 'third' })).toMatchObject({ __typename: 'KeyLimitReached' });
    expect(await verify(first)).toBe(200);
    expect(await client.deleteKey(first.key.keyId)).toMatchObject({ __typename: 'DeleteKeyPayload' });
    expect([await verify(first), await verify(second)]).toEqual([401, 200]);
    expect(await server.end('SIGTERM')).toBe(0);

    const [history, publicKey] = [join(data, 'history.ndjson'), join(data, 'log.pub')];
    writeFileSync(history, await output(['export'], data));
    writeFileSync(publicKey, await output(['log-key'], data));
    const checkpoints = join(data, 'checkpoints');
    await output(['verify-log', history, '--public-key', publicKey, '--checkpoint', checkpoints], data);
  },
);
