import { PAGE } from '../../shared/paths.js';

/** The part after the origin in a URL of this server (RFC 3986, section 3.3), without anything that a browser could take for a host. */
const OWN_PATH = /^(?!.*\/\/)\/[\x21-\x5b\x5d-\x7e]*$/;

/** The maximum length in characters, so that it fits into a cookie. */
const LIMIT = 1024;

/** Returns the path if it leads to this server and nowhere else; otherwise the path of the start. */
export function ownPath(path: string | undefined): string {
  return path !== undefined && path.length <= LIMIT && OWN_PATH.test(path) ? path : PAGE.start;
}
