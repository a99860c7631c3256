/** The special characters of regular expressions. */
const SPECIAL = /[\\^$.*+?()[\]{}|]/g;

/**
 * True if an answer is the one that a page shows. On the page, `…` stands for any text within a line; a line of nothing else stands for
 * any lines. In JSON, white space between tokens is ignored.
 */
export function isShown(shown: string, answer: string, language: string): boolean {
  return language === 'json'
    ? patternOf(withoutSpace(shown)).test(`${withoutSpace(answer)}\n`)
    : patternOf(shown.trim()).test(`${answer.trim().replace(/[ \t\r]+$/gm, '')}\n`);
}

function patternOf(shown: string): RegExp {
  const lines = shown.split('\n').map((line) => {
    if (line.trim() === '…') return '(?:.*\n)*?';
    return `${line.replace(SPECIAL, '\\$&').replaceAll('…', '.*')}\n`;
  });
  return new RegExp(`^${lines.join('')}$`);
}

/** Removes white space outside strings. */
function withoutSpace(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string = '') => string);
}
