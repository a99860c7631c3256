import type { Page } from 'playwright-core';

/** Translates the page as browsers do, from now on. The words stay the same. */
export function translate(page: Page): Promise<void> {
  return page.evaluate(moveTexts);
}

/** Moves each text, now and later, into two `font` elements, unless it is not to be translated. */
function moveTexts(): void {
  const move = (node: Node) => {
    const parent = node.parentElement;
    if (!(node instanceof Text)) return [...node.childNodes].forEach(move);
    if (!node.data.trim() || !parent) return;
    if (parent.closest('font, script, style, title, option, [translate=no]')) return;
    const [outer, inner] = [document.createElement('font'), document.createElement('font')];
    outer.append(inner);
    node.replaceWith(outer);
    inner.textContent = node.data;
  };
  move(document.documentElement);
  new MutationObserver((records) => {
    for (const { type, target, addedNodes } of records) {
      if (type === 'characterData') move(target);
      else addedNodes.forEach(move);
    }
  }).observe(document.documentElement, { subtree: true, childList: true, characterData: true });
}
