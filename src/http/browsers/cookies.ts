import type { FastifyReply, FastifyRequest } from 'fastify';

// Ours, because `@fastify/cookie` returns the first of several cookies with one name, and its parser needs Node 22.

export interface HostCookieOptions {
  name: string;
  /** `Lax` if the browser comes back from another site with it. */
  sameSite: 'Strict' | 'Lax';
  /** The origin at which browsers reach this server; undefined if that is not known. */
  publicUrl: URL | undefined;
}

/** A cookie that scripts cannot read. Over https, it is sent over https only, and no other host can set it (RFC 6265bis, `__Host-`). */
export class HostCookie {
  readonly #name: string;
  readonly #attributes: string[];

  constructor({ name, sameSite, publicUrl }: HostCookieOptions) {
    const secure = publicUrl?.protocol === 'https:';
    this.#name = `${secure ? '__Host-' : ''}${name}`;
    this.#attributes = ['HttpOnly', `SameSite=${sameSite}`, ...(secure ? ['Secure'] : [])];
  }

  valueIn({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
    return cookieIn(headers.cookie, this.#name);
  }

  /** The value must need no encoding. The age is in seconds. */
  keep(reply: FastifyReply, value: string, maxAge: number): void {
    reply.header('set-cookie', this.format(value, maxAge));
  }

  /** Deletes it in the browser. */
  forget(reply: FastifyReply): void {
    this.keep(reply, '', 0);
  }

  /** A `Set-Cookie` header (RFC 6265, section 4.1.1). */
  format(value: string, maxAge: number): string {
    return [`${this.#name}=${value}`, 'Path=/', `Max-Age=${maxAge}`, ...this.#attributes].join('; ');
  }
}

/**
 * The value of the cookie with that name in a `Cookie` header (RFC 6265, section 4.2.1). Undefined if there is none, or more than one:
 * somebody else may then have set one of them, and nothing shows which.
 */
function cookieIn(header: string | undefined, name: string): string | undefined {
  const pairs = header?.split(';').map((pair) => pair.trim()) ?? [];
  const [value, ...more] = pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
  return more.length > 0 ? undefined : value;
}
