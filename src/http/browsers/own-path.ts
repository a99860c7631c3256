import { PAGES } from './dashboard.js';

/** What follows the origin in a URL of this server (RFC 3986, section 3.3), with nothing that a browser could take for a host. */
const OWN_PATH = /^(?!.*\/\/)\/[\x21-\x5b\x5d-\x7e]*$/;

/** Longer ones would not fit into a cookie, in characters. */
const LIMIT = 1024;

/** The path, where it leads to this server and nowhere else; otherwise that of the first page. */
export function ownPath(path: string | undefined): string {
  return path !== undefined && path.length <= LIMIT && OWN_PATH.test(path) ? path : PAGES.keys;
}
