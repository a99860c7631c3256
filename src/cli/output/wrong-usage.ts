/** The command cannot work with its arguments. */
export class WrongUsage extends Error {}
