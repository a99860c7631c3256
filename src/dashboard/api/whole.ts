/** An answer whose root fields are all there: each is nullable, so that one that is refused does not take the others with it. */
export type Whole<T> = { [Field in keyof T]: NonNullable<T[Field]> };

export function isWhole<T extends object>(answer: T): answer is T & Whole<T> {
  return Object.values(answer).every((field) => field !== null);
}
