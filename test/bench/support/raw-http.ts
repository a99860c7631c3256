import type { Socket } from 'node:net';

/** The first lines of a request, up to its body. */
export function head(url: string, line: string, headers: Record<string, string | number>): string {
  const lines = Object.entries({ host: new URL(url).host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** Counts the answers on a connection. A status line may come in two parts. */
export function onAnswers(socket: Socket, count: (answers: number) => void): void {
  const STATUS_LINE = 'HTTP/1.1 ';
  let rest = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    const whole = rest + text;
    const answers = occurrences(whole, STATUS_LINE);
    rest = whole.slice(-STATUS_LINE.length + 1);
    if (answers > 0) count(answers);
  });
}

function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}
