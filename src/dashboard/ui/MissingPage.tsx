/** What is shown at an address without a page. */
export function MissingPage() {
  return (
    <main className="centred">
      <h1>There is no such page</h1>
      <p>The address may be mistyped, or the page may have moved.</p>
      <a className="button primary" href="/">
        Go to the start
      </a>
    </main>
  );
}
