/**
 * Copies a text to the clipboard. If the browser does not allow it (it requires https or localhost), selects the text in the element that
 * shows it, for the user to copy.
 * @returns true if the text is on the clipboard
 */
export async function copy(text: string, shownIn: Element | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (shownIn) getSelection()?.selectAllChildren(shownIn);
    return false;
  }
}
