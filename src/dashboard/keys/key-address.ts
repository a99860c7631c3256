import { PAGE } from '../../shared/paths.js';
import { hrefOf } from '../ui/address.js';

/** The address of a key's own page. */
export function keyAddress(keyId: string): string {
  return hrefOf(PAGE.key, { id: keyId });
}

/** The key of that page's address. */
export function keyInAddress(): string {
  return new URLSearchParams(location.search).get('id') ?? '';
}
