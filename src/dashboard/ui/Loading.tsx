/** A placeholder while content is loading. */
export function Loading() {
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">Loading…</span>
    </div>
  );
}
