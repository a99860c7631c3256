interface Cookie {
  name: string;
  value: string;
  path: string;
}

/** The parts of a browser that need no page: it keeps cookies, each for its path, and follows redirects. It treats all hosts as one. */
export class Browser {
  #cookies: Cookie[] = [];

  /** Sends one request without following redirects. */
  async ask(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    const cookies = this.cookiesFor(url);
    if (cookies !== '') headers.set('cookie', cookies);
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    return response;
  }

  /** Follows redirects until there is a page, or an address for which `isEnd` is true; that one is not requested. */
  async follow(url: string, isEnd: (url: URL) => boolean, init: RequestInit = {}): Promise<{ url: URL; page: string }> {
    let at = new URL(url);
    let response = await this.ask(at.href, init);
    for (;;) {
      const location = response.headers.get('location');
      if (location === null) return { url: at, page: await response.text() };
      at = new URL(location, at);
      if (isEnd(at)) return { url: at, page: '' };
      response = await this.ask(at.href);
    }
  }

  cookiesFor(url: string): string {
    const { pathname } = new URL(url);
    const sent = this.#cookies.filter(({ path }) => pathname === path || pathname.startsWith(path.replace(/\/?$/, '/')));
    return sent.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  /** The value of the cookie with that name. */
  cookie(name: string): string | undefined {
    return this.#cookies.find((cookie) => cookie.name === name)?.value;
  }

  /** Replaces the value of a cookie. */
  change(name: string, value: string): void {
    this.#cookies = this.#cookies.map((cookie) => (cookie.name === name ? { ...cookie, value } : cookie));
  }

  #keep(header: string): void {
    const [pair = '', ...attributes] = header.split(/; */);
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const of = (attribute: string) => attributes.find((each) => each.toLowerCase().startsWith(`${attribute}=`))?.split('=')[1];
    const path = of('path') ?? '/';
    this.#cookies = this.#cookies.filter((cookie) => cookie.name !== name || cookie.path !== path);
    const isOver = of('max-age') === '0' || Date.parse(of('expires') ?? '9999-12-31') <= Date.now();
    if (!isOver) this.#cookies.push({ name, value, path });
  }
}
