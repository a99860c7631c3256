import { PATH } from '../../shared/paths.js';

/** The address that signs a user in and leads back to that path of this server, or to the first page. */
export function beginSignIn(returnTo: string | undefined): string {
  return returnTo === undefined ? PATH.beginSignIn : `${PATH.beginSignIn}?${new URLSearchParams({ returnTo })}`;
}

/** The address that signs a user in and leads back to this page. */
export function signInAddress(): string {
  return beginSignIn(location.pathname + location.search);
}
