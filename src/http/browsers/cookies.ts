/** What a cookie is set with. */
export interface CookieOptions {
  path: string;
  sameSite: 'Strict' | 'Lax';
  /** Sent over https alone. */
  secure: boolean;
  /** Seconds; 0 deletes it. */
  maxAge: number;
}

/**
 * The value of the cookie with that name in a header `Cookie` (RFC 6265, section 4.2.1); undefined where there is none, or more
 * than one: then somebody else may have set one of them, and nothing says which.
 */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  const pairs = header?.split(';').map((pair) => pair.trim()) ?? [];
  const [value, ...more] = pairs.filter((pair) => pair.startsWith(`${name}=`)).map((pair) => pair.slice(name.length + 1));
  return more.length > 0 ? undefined : value;
}

/** A header `Set-Cookie` for a cookie that no script can read (RFC 6265, section 4.1.1); the value needs no encoding. */
export function formatCookie(name: string, value: string, { path, sameSite, secure, maxAge }: CookieOptions): string {
  const attributes = [`Path=${path}`, `Max-Age=${maxAge}`, 'HttpOnly', `SameSite=${sameSite}`, ...(secure ? ['Secure'] : [])];
  return [`${name}=${value}`, ...attributes].join('; ');
}
