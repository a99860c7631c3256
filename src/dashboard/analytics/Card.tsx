import { type ReactNode, useId } from 'react';
import type { Loaded } from '../api/use-loaded.js';
import { downloadCsv, type Sheet } from '../ui/csv.js';
import { LoadFailure } from '../ui/LoadFailure.js';
import { Loading } from '../ui/Loading.js';
import { absoluteTime } from '../ui/time.js';
import { SheetTable } from './SheetTable.js';

/** The instant and the log position that an answer describes. */
interface Truth {
  at: string;
  position: string;
}

export interface CardProps<T> {
  title: string;
  /** The name of the CSV file, without its ending. */
  name: string;
  loaded: Loaded<T>;
  truth: (value: T) => Truth;
  sheet: (value: T) => Sheet;
  children: (value: T) => ReactNode;
}

/** A plot, its values as a table and as a CSV file, and the instant that they describe. */
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
