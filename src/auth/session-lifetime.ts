/** How long a session lasts at most, in milliseconds. Then people sign in again. */
export const SESSION_LIFETIME = 12 * 60 * 60 * 1000;
