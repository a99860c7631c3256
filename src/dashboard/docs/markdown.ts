import GithubSlugger from 'github-slugger';
import { Marked, type Token, type Tokens } from 'marked';

/** A rendered document. */
export interface Rendered {
  /** Its first heading, as plain text. */
  title: string | undefined;
  html: string;
}

/** Makes wide content scrollable, also with the keyboard. */
const SCROLLED = '<div class="scroll" tabindex="0">$&</div>';

/**
 * Renders GitHub's Markdown to HTML. Headings get the same anchors as on GitHub.
 * @param addressOf the target of a link or a picture; if undefined, a link becomes plain text
 */
export function renderMarkdown(markdown: string, addressOf: (href: string) => string | undefined): Rendered {
  const slugger = new GithubSlugger();
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        return `<h${depth} id="${slugger.slug(textOf(tokens))}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        const address = addressOf(href);
        return address === undefined ? text : `<a href="${escaped(address)}">${text}</a>`;
      },
      image: ({ href, text }) => `<img src="${escaped(addressOf(href) ?? href)}" alt="${escaped(text)}">`,
      code: ({ text }) => codeBlock(text),
    },
  });
  const heading = marked.lexer(markdown).find((token): token is Tokens.Heading => token.type === 'heading');
  const html = marked.parse(markdown, { async: false });
  return { title: heading && textOf(heading.tokens), html: html.replaceAll(/<table>.*?<\/table>/gs, SCROLLED) };
}

/** A text as a code block. */
export function codeBlock(text: string): string {
  return `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The plain text of the tokens. */
function textOf(tokens: Token[]): string {
  return tokens.map((token) => ('tokens' in token && token.tokens ? textOf(token.tokens) : ownText(token))).join('');
}

function ownText(token: Token): string {
  return 'text' in token && token.type !== 'html' ? token.text : '';
}
