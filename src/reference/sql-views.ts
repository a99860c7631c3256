import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { code, page, pageHead, table } from './markdown.js';

/** `docs/reference/sql-views.md`, from `schema/sql/analytics.sql` and its comments. */
export function sqlViewsPage(root: string): string {
  const [intro = '', ...views] = readFileSync(join(root, 'schema/sql/analytics.sql'), 'utf8').split(/\n\n(?=--)/);
  const contract = 'The contract that tests hold the views to is [schema/sql/analytics.sql](../../schema/sql/analytics.sql).';
  return page(pageHead('SQL views', textOf(intro)), contract, ...views.map(section));
}

function section(view: string): string {
  const name = /CREATE TABLE (\w+)/.exec(view)?.[1] ?? '';
  const comments = view.split('\n').filter((line) => line.startsWith('--'));
  // Joins comments that continue on lines of their own.
  const definitions = view.replaceAll(/\n {3,}--/g, '').matchAll(/^ {2}(\w+) (\w+)( NOT NULL)?,? *-- (.*)$/gm);
  const rows = [...definitions].map(([, column = '', type = '', isGiven, comment = '']) => [
    code(column),
    isGiven ? type : `${type} or NULL`,
    comment,
  ]);
  return page(`## ${code(name)}`, textOf(comments.join('\n')), table(['Column', 'Type', 'What it is'], rows)).trimEnd();
}

function textOf(comments: string): string {
  return comments.replaceAll(/^-- ?/gm, '').trim();
}
