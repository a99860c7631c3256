// app.use(requireKey); on Node, by @hono/node-server
import { UNTRUSTED, verify } from './verify.mjs';

export async function requireKey(c, next) {
  const { key, refusal } = await verify(c.req.header('authorization'), c.env.incoming.socket.remoteAddress);
  if (refusal) return c.body(refusal.body, refusal.status, refusal.headers);
  const headers = new Headers(c.req.raw.headers);
  for (const name of UNTRUSTED) headers.delete(name);
  for (const [name, value] of Object.entries(key)) headers.set(name, value);
  c.req.raw = new Request(c.req.raw, { headers });
  await next();
}
