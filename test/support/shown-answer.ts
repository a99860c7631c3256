/** Everything in a regular expression that means something there. */
const SPECIAL = /[\\^$.*+?()[\]{}|]/g;

/**
 * Whether an answer is the one that a page shows. There, `…` stands for any text within a line, and a line that holds nothing else
 * for any lines. In JSON, white space between tokens does not count.
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

/** White space outside strings goes. */
function withoutSpace(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string = '') => string);
}
