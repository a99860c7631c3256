import { PAGE } from '../../shared/paths.js';

/** What is shown at an address without a page. */
export function MissingPage() {
  return (
    <main className="centred">
      <h1>Page not found</h1>
      <p>Check the address. The page may have moved.</p>
      <a className="button primary" href={PAGE.start}>
        Go to the start page
      </a>
    </main>
  );
}
