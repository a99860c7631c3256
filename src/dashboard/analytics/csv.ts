import { download } from '../ui/download.js';

/** What a plot shows, as rows: the table behind it, and the file. */
export interface Sheet {
  columns: string[];
  rows: (string | number)[][];
}

/** The sheet as RFC 4180 has it: CRLF, and quotes where a value needs them. */
export function toCsv({ columns, rows }: Sheet): string {
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

export function downloadCsv(name: string, sheet: Sheet): void {
  download(`${name}.csv`, 'text/csv;charset=utf-8', toCsv(sheet));
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
