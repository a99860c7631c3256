import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = [network: Address, bits: number];

/** An address as proxies write it: alone or with a port. With a port, an IPv6 address is in brackets (RFC 3986, 3.2.2). */
const FORWARDED = /^(?:\[(?<bracketed>[^\]]*)\]|(?<ipv4>[\d.]+))(?::\d{1,5})?$/;

/**
 * The network by which a client is counted: its IPv4 address, or the first 64 bits of its IPv6 address, since the owner of one such
 * address has all with this prefix (RFC 4291, section 2.5.4). All texts that are not addresses count as one client.
 */
export function clientNetwork(text: string | undefined): string {
  const address = parseAddress(text);
  if (!address) return 'unknown';
  if (address instanceof ipaddr.IPv4) return address.toString();
  const groups = address.parts.slice(0, 4).map((group) => group.toString(16));
  return `${groups.join(':')}::/64`;
}

/**
 * Creates a function that tests whether an address belongs to one of these networks.
 * @param networks addresses, and networks in the notation of RFC 4632
 */
export function within(networks: readonly string[]): (text: string) => boolean {
  const parsed = networks.map(parseNetwork);
  return (text) => {
    const address = parseAddress(text);
    return parsed.some(([network, bits]) => address?.kind() === network.kind() && address.match(network, bits));
  };
}

/** Parses an address. An IPv4 address that is mapped into IPv6 becomes that IPv4 address. Undefined if it is not an address. */
function parseAddress(text = ''): Address | undefined {
  const { bracketed, ipv4 } = FORWARDED.exec(text)?.groups ?? {};
  const alone = ipv4 ?? bracketed ?? text;
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(alone) ? bracketed === undefined : ipaddr.IPv6.isValid(alone);
  return isAddress ? ipaddr.process(alone) : undefined;
}

function parseNetwork(text: string): Network {
  const [network, bits]: Network = text.includes('/') ? ipaddr.parseCIDR(text) : wholeAddress(ipaddr.parse(text));
  const isMapped = network instanceof ipaddr.IPv6 && network.isIPv4MappedAddress() && bits >= 96;
  return isMapped ? [network.toIPv4Address(), bits - 96] : [network, bits];
}

function wholeAddress(address: Address): Network {
  return [address, address instanceof ipaddr.IPv4 ? 32 : 128];
}
