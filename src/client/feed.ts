import type { Answer } from './answer.js';
import { AnswerLost } from './failures.js';
import { unlessSilent } from './unless-silent.js';

const BETWEEN_MESSAGES = /\r?\n\r?\n/;

/**
 * The results in a stream of server-sent events (GraphQL over SSE, distinct connections mode), until the server says that it is complete.
 * @param silence for how many milliseconds the stream may be silent
 * @throws AnswerLost if the stream ends before that, or is silent for longer
 */
export async function* resultsIn<T>(body: ReadableStream<Uint8Array>, silence?: number): AsyncGenerator<Answer<T>, void> {
  const reader = body.getReader();
  const read = () => unlessSilent(reader.read(), silence);
  const decoder = new TextDecoder();
  let rest = '';
  for (let part = await read(); !part.done; part = await read()) {
    const messages = (rest + decoder.decode(part.value, { stream: true })).split(BETWEEN_MESSAGES);
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const event = field(message, 'event');
      if (event === 'complete') return;
      if (event === 'next') yield JSON.parse(field(message, 'data'));
    }
  }
  throw new AnswerLost();
}

/** The value of a field in a message; its lines are joined. Empty if there is no such field. */
function field(message: string, name: string): string {
  const lines = message.split(/\r?\n/).filter((line) => line.startsWith(`${name}:`));
  return lines.map((line) => line.slice(name.length + 1).replace(/^ /, '')).join('\n');
}
