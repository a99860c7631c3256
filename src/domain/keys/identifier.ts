/** The form of an account and of a subject; both go into a log that is forever, and none of these is an e-mail address. */
export const IDENTIFIER = /^[A-Za-z0-9._~|:-]{1,128}$/;
