/** What stands where something is about to be. */
export function Loading() {
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">Loading…</span>
    </div>
  );
}
