/**
 * Puts a text on the clipboard; where the page may not (it needs https, or this machine), selects it in the element that
 * shows it, for the user to copy.
 * @returns whether it is on the clipboard
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
