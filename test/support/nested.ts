/** The JSON text of that many arrays, each in the one before it. */
export const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
