/** The cursor of a page. Empty: the newest page. */
export interface Place {
  before?: string | undefined;
  after?: string | undefined;
}

/** The place that the address holds. */
export function placeIn(address: URLSearchParams): Place {
  return { before: address.get('before') ?? undefined, after: address.get('after') ?? undefined };
}

/** The page of that size at the place, as the API takes it. */
export function pageAt({ before, after }: Place, size: number) {
  return after === undefined ? { last: size, before } : { first: size, after };
}

export function isNewest({ before, after }: Place): boolean {
  return before === undefined && after === undefined;
}

export interface PagerProps {
  /** Where the page is in the order of the API, which gives the oldest first. The newest is shown first. */
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
  place: Place;
  onPlace: (place: Place) => void;
}

/** Buttons that turn the pages of a list whose newest item comes first. */
export function Pager({ pageInfo, place, onPlace }: PagerProps) {
  const newer = pageInfo.hasNextPage ? pageInfo.endCursor : undefined;
  const older = pageInfo.hasPreviousPage ? pageInfo.startCursor : undefined;
  return (
    <div className="buttons">
      {!isNewest(place) && (
        <button type="button" onClick={() => onPlace({})}>
          Newest
        </button>
      )}
      <button type="button" disabled={!newer} onClick={() => newer && onPlace({ after: newer })}>
        Newer
      </button>
      <button type="button" disabled={!older} onClick={() => older && onPlace({ before: older })}>
        Older
      </button>
    </div>
  );
}
