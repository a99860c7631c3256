// Ours, because `@fastify/cookie` returns the first of several cookies with one name, and its parser needs Node 22.

/** The attributes of a cookie. */
export interface CookieOptions {
  path: string;
  sameSite: 'Strict' | 'Lax';
  /** Send it over https only. */
  secure: boolean;
  /** Seconds; 0 deletes it. */
  maxAge: number;
}

/**
 * The value of the cookie with that name in a `Cookie` header (RFC 6265, section 4.2.1). Undefined if there is none, or more than one:
 * somebody else may then have set one of them, and nothing shows which.
 */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const pairs = header?.split(';').map((pair) => pair.trim()) ?? [];
  const [value, ...more] = pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
  return more.length > 0 ? undefined : value;
}

/** Formats a `Set-Cookie` header for a cookie that scripts cannot read (RFC 6265, section 4.1.1). The value must need no encoding. */
export function formatCookie(name: string, value: string, { path, sameSite, secure, maxAge }: CookieOptions): string {
  const attributes = [`Path=${path}`, `Max-Age=${maxAge}`, 'HttpOnly', `SameSite=${sameSite}`, ...(secure ? ['Secure'] : [])];
  return [`${name}=${value}`, ...attributes].join('; ');
}
