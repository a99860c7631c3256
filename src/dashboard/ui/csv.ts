import { download } from './download.js';

/** Rows of values, for a table or a file. */
export interface Sheet {
  columns: string[];
  rows: (string | number)[][];
}

/**
 * Formats the sheet as CSV (RFC 4180): CRLF line ends, and quotation marks if a value needs them. A text that a spreadsheet would run as a
 * formula gets an apostrophe in front.
 */
function toCsv({ columns, rows }: Sheet): string {
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

export function downloadCsv(name: string, sheet: Sheet): void {
  download(`${name}.csv`, 'text/csv;charset=utf-8', toCsv(sheet));
}

/**
 * What begins a formula (OWASP, CSV injection): at the start of a cell, or after what another spreadsheet takes for the end of one. Quotation
 * marks and white space before it may be dropped.
 */
const FORMULA = /(^|[,;|\t\r\n])([\s"']*)([=+\-@\uff1d\uff0b\uff0d\uff20])/g;

function field(value: string | number): string {
  const text = typeof value === 'number' ? String(value) : value.replaceAll(FORMULA, "$1'$2$3").replace(/^[\t\r\n]/, "'$&");
  return /[",;|\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
