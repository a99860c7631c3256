export interface PartLimits<T> {
  /** The maximum number of items in a part. */
  count: number;
  /** The maximum size of a part. A single item may be larger. */
  bytes?: number;
  sizeOf?: (item: T) => number;
}

/** Splits the items, in order, into as few parts as the limits allow. */
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
