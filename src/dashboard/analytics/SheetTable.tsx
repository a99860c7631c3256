import type { Sheet } from '../ui/csv.js';

/** The values of a plot as a table, folded away. */
export function SheetTable({ title, sheet: { columns, rows } }: { title: string; sheet: Sheet }) {
  return (
    <details>
      <summary>
        As a table<span className="visually-hidden">: {title}</span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so it must be reachable with the keyboard */}
      <section className="sheet" aria-label={`${title}, as a table`} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row[0]}>
                {row.map((value, index) => (
                  <td key={columns[index]}>{typeof value === 'number' ? value.toLocaleString('en') : value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}
