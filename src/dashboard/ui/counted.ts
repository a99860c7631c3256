/** A number with its noun: `1 key`, `2,000 keys`. */
export function counted(count: number, noun: 'key' | 'account' | 'event' | 'newer event'): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

/** The verb after that number and noun. */
export function areOf(count: number): 'is' | 'are' {
  return count === 1 ? 'is' : 'are';
}
