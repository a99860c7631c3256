import { isIP, isIPv6 } from 'node:net';

const MAPPED = '::ffff:';

/**
 * What a client is counted by: its IPv4 address, or the first 64 bits of its IPv6 address, for whoever has one has all that
 * begin so (RFC 4291, section 2.5.4). Whatever is no address is counted as one client.
 */
export function clientNetwork(address: string | undefined): string {
  if (address === undefined || isIP(address) === 0) return 'unknown';
  if (!isIPv6(address)) return address;
  const text = address.toLowerCase();
  return text.startsWith(MAPPED) && text.includes('.') ? text.slice(MAPPED.length) : `${first64Bits(text)}::/64`;
}

/** Four groups, without leading zeros; `::` stands for as many as are missing (RFC 4291, section 2.2). */
function first64Bits(address: string): string {
  const [head = '', tail = ''] = address.split('::');
  const [before, after] = [groupsOf(head), groupsOf(tail)];
  const missing = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  const groups = [...before, ...missing, ...after].slice(0, 4);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}

/** An IPv4 address at the end takes the place of two groups. */
function groupsOf(part: string): string[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]));
}
