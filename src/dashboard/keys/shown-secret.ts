/**
 * Holds a secret while a dialog shows it. The text is only here, so references that outlive the dialog (a reused component, a closure)
 * hold nothing after it was wiped.
 */
export class ShownSecret {
  #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The secret; empty after it was wiped. */
  read(): string {
    return this.#text;
  }

  wipe(): void {
    this.#text = '';
  }
}
