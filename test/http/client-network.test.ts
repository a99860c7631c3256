import { clientNetwork, within } from '../../src/http/client-network.js';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8::2:3:4:5:6', '2001:db8:0:2::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['1::', '1:0:0:0::/64'],
  ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4::/64'],
  ['1::5:6:192.0.2.1', '1:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::ffff:c000:201', '192.0.2.1'],
  ['192.0.2.1:4000', '192.0.2.1'],
  ['[::ffff:192.0.2.1]:4000', '192.0.2.1'],
  ['[2001:db8:1:2::1]', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2::1]:4000', '2001:db8:1:2::/64'],
  ['[fe80::1%eth0]:80', 'fe80:0:0:0::/64'],
  ['no address', 'unknown'],
  ['_hidden', 'unknown'],
  ['unknown:80', 'unknown'],
  ['192.0.2.1:', 'unknown'],
  ['192.0.2.1:port', 'unknown'],
  ['192.0.2.1:1:2', 'unknown'],
  ['192.0.2.1, 192.0.2.2', 'unknown'],
  ['192.0.2.01', 'unknown'],
  ['192.0.2', 'unknown'],
  ['3221225985', 'unknown'],
  ['0xc0.0.2.1', 'unknown'],
  ['[192.0.2.1]:80', 'unknown'],
  ['[2001:db8::1', 'unknown'],
  ['2001:db8::1]', 'unknown'],
  ['[]', 'unknown'],
  ['2001:db8::1::2', 'unknown'],
  ['', 'unknown'],
  [undefined, 'unknown'],
])('%s is counted as %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network);
});

it.each<[network: string, inside: string[], outside: string[]]>([
  ['10.0.0.0/8', ['10.1.2.3', '10.1.2.3:80', '::ffff:10.1.2.3', '[::ffff:a01:203]:80'], ['11.0.0.1', '::1', 'unknown', '']],
  ['192.0.2.1', ['192.0.2.1', '::ffff:192.0.2.1'], ['192.0.2.2', '2001:db8::1']],
  ['::ffff:192.0.2.1', ['192.0.2.1', '::ffff:c000:201'], ['192.0.2.2', '::1']],
  ['::ffff:10.0.0.0/104', ['10.1.2.3', '::ffff:10.1.2.3'], ['11.0.0.1', '::ffff:11.0.0.1']],
  ['2001:db8::/32', ['2001:db8::1', '[2001:db8::1]:443'], ['2001:db9::1', '32.1.13.184']],
  ['::1', ['::1', '[::1]:80'], ['::2', '127.0.0.1']],
])('%s holds the addresses in it, however they are written, and no others', (network, inside, outside) => {
  const isWithin = within(['198.51.100.0/24', network]);
  expect(inside.filter(isWithin)).toEqual(inside);
  expect(outside.filter(isWithin)).toEqual([]);
});

it('no network holds nobody', () => {
  expect(within([])('127.0.0.1')).toBe(false);
});
