import { CreateKeyDocument, createClient, EventFeedDocument } from 'keyledger/client';

const client = createClient({ url: 'http://127.0.0.1:4000', token: process.env.TOKEN });
const print = (...words) => process.stdout.write(`${words.join(' ')}\n`);

const { createKey } = await client.send(CreateKeyDocument, { input: { name: 'ci', scopes: ['read'] } });
if (createKey.__typename === 'CreateKeyPayload') print('made', createKey.key.keyId, createKey.secret);
else print('refused:', createKey.message);

for await (const { events } of client.follow(EventFeedDocument, {})) print(events.node.__typename, events.node.at);
