import { randomUUID } from 'node:crypto';
import { CreateKeyDocument, createClient, EventFeedDocument } from 'keyledger/client';

const client = createClient({ url: 'http://127.0.0.1:4000', token: process.env.TOKEN });
const print = (...words) => process.stdout.write(`${words.join(' ')}\n`);

// Keep it with your request, and send the same one if you must ask again: it never makes a second key.
const idempotencyKey = randomUUID();
const { createKey } = await client.send(CreateKeyDocument, { input: { name: 'ci', scopes: ['read'], idempotencyKey } });
if (createKey.__typename === 'CreateKeyPayload') print('made', createKey.key.keyId, createKey.secret);
else print('refused:', createKey.message);

for await (const { events } of client.follow(EventFeedDocument, {})) print(events.node.__typename, events.node.at);
