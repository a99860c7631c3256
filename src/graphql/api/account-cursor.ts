/** The cursor of an account in a list that is ordered by their ids, or by their pseudonyms. */
export function accountCursor(account: string): string {
  return Buffer.from(`account:${account}`).toString('base64url');
}

/**
 * The account in such a cursor. Undefined if it is none.
 * @param form of the id or the pseudonym
 */
export function accountIn(cursor: string, form: RegExp): string | undefined {
  const [, account] = /^account:(.*)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  return account !== undefined && form.test(account) ? account : undefined;
}
