import { type ReactNode, useId } from 'react';
import type { Loaded } from '../api/use-loaded.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { Loading } from '../ui/Loading.js';
import { absoluteTime } from '../ui/time.js';
import { downloadCsv, type Sheet } from './csv.js';

/** Of which instant and which event an answer is true. */
export interface Truth {
  at: string;
  position: string;
}

export interface CardProps<T> {
  title: string;
  /** What the file is called. */
  name: string;
  loaded: Loaded<T>;
  truth: (value: T) => Truth;
  sheet: (value: T) => Sheet;
  children: (value: T) => ReactNode;
}

/** A plot with the table behind it, the same as a file, and what it is true of. */
export function Card<T>({ title, name, loaded, truth, sheet, children }: CardProps<T>) {
  const id = useId();
  const { value } = loaded;
  return (
    <section className="card figure" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <LoadFailure of={loaded} />
      {value === undefined ? (
        loaded.loading && <Loading />
      ) : (
        <>
          {children(value)}
          <SheetTable title={title} sheet={sheet(value)} />
          <p className="foot">
            <span className="detail">
              As of {absoluteTime(Date.parse(truth(value).at))}, up to event {truth(value).position}
            </span>
            <button type="button" className="quiet" onClick={() => downloadCsv(name, sheet(value))}>
              CSV<span className="visually-hidden"> of {title}</span>
            </button>
          </p>
        </>
      )}
    </section>
  );
}

function SheetTable({ title, sheet: { columns, rows } }: { title: string; sheet: Sheet }) {
  return (
    <details>
      <summary>
        As a table<span className="visually-hidden">: {title}</span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard has to reach it */}
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
