import { PAGE } from '../../shared/paths.js';

/** The address of a key's own page. */
export function keyAddress(keyId: string): string {
  return `${PAGE.key}?${new URLSearchParams({ id: keyId })}`;
}

/** The key of that page's address. */
export function keyInAddress(): string {
  return new URLSearchParams(location.search).get('id') ?? '';
}
