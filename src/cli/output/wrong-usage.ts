/** The command was given what it cannot work with. */
export class WrongUsage extends Error {}
