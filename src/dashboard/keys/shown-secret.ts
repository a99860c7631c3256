/**
 * A secret for as long as a dialog shows it. Whoever else holds on to this (a component that is kept for reuse, a closure)
 * holds nothing once it is wiped: the text is nowhere but here.
 */
export class ShownSecret {
  #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Empty once it was wiped. */
  read(): string {
    return this.#text;
  }

  wipe(): void {
    this.#text = '';
  }
}
