export interface PartLimits<T> {
  /** How many a part holds at the most. */
  count: number;
  /** How large it is at the most, unless a single one is larger. */
  bytes?: number;
  sizeOf?: (item: T) => number;
}

/** The items in their order, as few parts as these limits allow. */
export function* inParts<T>(items: Iterable<T>, { count, bytes = 0, sizeOf = () => 0 }: PartLimits<T>): Generator<T[]> {
  let part: T[] = [];
  let size = 0;
  for (const item of items) {
    const added = sizeOf(item);
    if (part.length === count || (part.length > 0 && size + added > bytes)) {
      yield part;
      [part, size] = [[], 0];
    }
    part.push(item);
    size += added;
  }
  if (part.length > 0) yield part;
}
