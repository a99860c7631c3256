import { download } from '../ui/download.js';

/** The values of a plot, as rows for its table and its file. */
export interface Sheet {
  columns: string[];
  rows: (string | number)[][];
}

/** Formats the sheet as CSV (RFC 4180): CRLF line ends, and quotation marks if a value needs them. */
function toCsv({ columns, rows }: Sheet): string {
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

export function downloadCsv(name: string, sheet: Sheet): void {
  download(`${name}.csv`, 'text/csv;charset=utf-8', toCsv(sheet));
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
