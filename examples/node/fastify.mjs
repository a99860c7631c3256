// fastify.addHook('onRequest', requireKey);
import { UNTRUSTED, verify } from './verify.mjs';

export async function requireKey(request, reply) {
  const { key, refusal } = await verify(request.headers.authorization, request.ip);
  for (const name of UNTRUSTED) delete request.headers[name];
  Object.assign(request.headers, key);
  if (refusal) return reply.code(refusal.status).headers(refusal.headers).send(refusal.body);
}
