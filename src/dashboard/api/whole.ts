/** An answer with all root fields. In the schema they are nullable, so that one refused field does not remove the others. */
export type Whole<T> = { [Field in keyof T]: NonNullable<T[Field]> };

export function isWhole<T extends object>(answer: T): answer is T & Whole<T> {
  return Object.values(answer).every((field) => field !== null);
}
