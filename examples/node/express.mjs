// app.use(requireKey);
import { UNTRUSTED, verify } from './verify.mjs';

export async function requireKey(request, response, next) {
  const { key, refusal } = await verify(request.headers.authorization, request.socket.remoteAddress);
  for (const name of UNTRUSTED) delete request.headers[name];
  Object.assign(request.headers, key);
  if (refusal) response.writeHead(refusal.status, refusal.headers).end(refusal.body);
  else next();
}
