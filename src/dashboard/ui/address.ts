import { useMemo, useSyncExternalStore } from 'react';

/** The parameters of the page's address. They change when a page calls `go`, and with Back and Forward. */
export function useAddress(): URLSearchParams {
  const search = useSyncExternalStore(subscribe, () => location.search);
  return useMemo(() => new URLSearchParams(search), [search]);
}

/** Those of these parameters that the address holds. Empty ones are left out. */
export function givenIn<Name extends string>(address: URLSearchParams, names: readonly Name[]): Partial<Record<Name, string>> {
  const given: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = address.get(name);
    if (value) given[name] = value;
  }
  return given;
}

/** Gives the page these parameters, as a new entry of the browser's history. Empty ones are left out. */
export function go(parameters: Readonly<Record<string, string | undefined>>): void {
  history.pushState(null, '', hrefOf(location.pathname, parameters));
  dispatchEvent(new PopStateEvent('popstate'));
}

/** The address of a page with these parameters. Empty ones are left out. */
export function hrefOf(path: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) given.set(name, value);
  return given.size === 0 ? path : `${path}?${given}`;
}

function subscribe(listener: () => void): () => void {
  addEventListener('popstate', listener);
  return () => removeEventListener('popstate', listener);
}
