/** A rest that can be ended early. */
export class Rest {
  #end: () => void = () => {};

  /** Resolves after that many milliseconds, or when somebody ends the rest. */
  take(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  end(): void {
    this.#end();
  }
}
