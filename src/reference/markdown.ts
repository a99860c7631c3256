/** The first lines of a page: its title, an introduction, and a note that it is generated. */
export function pageHead(title: string, ...paragraphs: string[]): string {
  return [`# ${title}`, '<!-- Generated from the code by `npm run generate`: do not edit. -->', ...paragraphs].join('\n\n');
}

/** Joins the parts of a page. */
export function page(...parts: string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** A table in GitHub's Markdown. */
export function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows.map((row) => row.map(inCell))].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export function list(items: string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

export function code(text: string | number): string {
  return `\`${text}\``;
}

/** A block of code in that language. */
export function block(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** The first sentence of a text. */
export function firstSentence(text: string): string {
  return /^.*?[.:](?= |$)/s.exec(text)?.[0].replace(/:$/, '.') ?? text;
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', '<br>');
}
