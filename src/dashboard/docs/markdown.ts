import GithubSlugger from 'github-slugger';
import { Marked, type Token, type Tokens } from 'marked';

/** A document, made from its Markdown. */
export interface Rendered {
  /** Its first heading, as plain text. */
  title: string | undefined;
  html: string;
}

/** What is wider than a page can be scrolled, with the keyboard too. */
const SCROLLED = '<div class="scroll" tabindex="0">$&</div>';

/**
 * HTML of a text in GitHub's Markdown. Its headings have the anchors that they have on a repository's host.
 * @param addressOf where a link or a picture leads; undefined where it leads nowhere: of a link, its text is left
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

/** A text as it is. */
export function codeBlock(text: string): string {
  return `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`;
}

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** What people see of it. */
function textOf(tokens: Token[]): string {
  return tokens.map((token) => ('tokens' in token && token.tokens ? textOf(token.tokens) : ownText(token))).join('');
}

function ownText(token: Token): string {
  return 'text' in token && token.type !== 'html' ? token.text : '';
}
