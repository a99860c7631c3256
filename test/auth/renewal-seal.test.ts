import { randomBytes } from 'node:crypto';
import { RenewalSeal } from '../../src/auth/renewal-seal.js';

const HOURS = 3_600_000;

let now = Date.now();
const KEY = randomBytes(32);
const seal = new RenewalSeal(KEY, () => now);
const inHours = (hours: number) => Math.floor((now + hours * HOURS) / 1000);
const renewal = () => ({ refreshToken: 'r', idToken: 'i', subject: 'ada', exp: inHours(12) });

it('opens what another process with the same key has sealed, and nothing of another key', async () => {
  const { sealed = '' } = (await seal.sealRenewal(renewal())) ?? {};
  expect(await new RenewalSeal(Buffer.from(KEY), () => now).openRenewal(sealed)).toMatchObject(renewal());
  expect(await new RenewalSeal(randomBytes(32), () => now).openRenewal(sealed)).toBeUndefined();
});

it('tells a renewal from a session', async () => {
  const session = await seal.sealSession({ token: 't', renewal: { sealed: 's', exp: inHours(1) } });
  expect(await seal.openRenewal(session)).toBeUndefined();
  expect(await seal.openSession((await seal.sealRenewal(renewal()))?.sealed ?? '')).toBeUndefined();
});

it('leaves the ID token out where both are too long for a cookie, and keeps nothing where one is', async () => {
  const long = { ...renewal(), idToken: 'i'.repeat(2500) };
  const { sealed = '' } = (await seal.sealRenewal(long)) ?? {};
  expect(sealed.length).toBeLessThanOrEqual(3072);
  expect(await seal.openRenewal(sealed)).toMatchObject({ refreshToken: 'r', subject: 'ada' });
  expect(await seal.openRenewal(sealed)).not.toHaveProperty('idToken');
  expect(await seal.sealRenewal({ ...renewal(), refreshToken: 'r'.repeat(2500) })).toBeUndefined();
});

it('ends after twelve hours, and where the clock was stepped back behind its beginning', async () => {
  const { sealed = '' } = (await seal.sealRenewal(renewal())) ?? {};
  expect(await seal.openRenewal(sealed)).toBeDefined();
  now -= 2000;
  expect(await seal.openRenewal(sealed)).toBeUndefined();
  now += 2000 + 12 * HOURS;
  expect(await seal.openRenewal(sealed)).toBeUndefined();
});
