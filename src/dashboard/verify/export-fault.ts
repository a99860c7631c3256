/** Something in an export is wrong. It is not trusted from that place on. */
export class ExportFault extends Error {
  constructor(
    readonly reason: string,
    /** From 1. Undefined if it is about the whole file. */
    readonly line?: number,
    /** The id of the event in that line, if it could be read. */
    readonly eventId?: string,
  ) {
    super(reason);
  }
}
