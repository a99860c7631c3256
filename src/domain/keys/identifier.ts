/** The form of an account id and of a subject. Both go into a permanent log, so the form excludes e-mail addresses. */
export const IDENTIFIER = /^[A-Za-z0-9._~|:-]{1,128}$/;
