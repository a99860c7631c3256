/** A number with its noun: `1 key`, `2,000 keys`. */
export function counted(count: number, noun: 'key' | 'account'): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
