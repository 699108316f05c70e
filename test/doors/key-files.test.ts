import { createPublicKey } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { asapFile } from '../../src/crypto/digest.ts';
import type { Issuer } from '../../src/domain/issuer.ts';
import { rotateIssuerKeys } from '../../src/operations/issuer-keys.ts';
import { testApp } from '../support/app.ts';

const app = await testApp();
const prosody = app.visitor();
let main: Issuer;
let files: string[];

beforeAll(async () => {
  main = await app.addIssuer();
  await app.addIssuer({ slug: 'other' });
  await app.addIssuer({ slug: 'hs', algorithm: 'HS256' });
  const keys = await app.stores.signingKeys.listOf(main.id);
  files = keys.map(({ kid }) => asapFile(kid));
});

describe('GET /jitsi/asap/{sha256(kid)}.pem', () => {
  it('serves each key of the ring as SPKI PEM', async () => {
    expect(files).toHaveLength(2);
    for (const file of files) {
      const answer = await prosody.get(`/jitsi/asap/${file}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('Content-Type')).toContain('application/x-pem-file');
      expect(answer.text).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
      expect(createPublicKey(answer.text).asymmetricKeyType).toBe('rsa');
    }
  });

  it('takes the double slash that a base with a slash at its end makes', async () => {
    expect((await prosody.get(`/jitsi/asap//${files[0]}`)).status).toBe(200);
    expect((await prosody.get(`/jitsi/main/asap//${files[0]}`)).status).toBe(200);
  });

  it.each([
    ['another issuer’s key', () => `/jitsi/other/asap/${files[0]}`],
    ['an unknown key', () => `/jitsi/asap/${'0'.repeat(64)}.pem`],
    ['an unknown issuer', () => `/jitsi/nobody/asap/${files[0]}`],
    ['an HS issuer', () => `/jitsi/hs/asap/${files[0]}`],
    ['upper case', () => `/jitsi/asap/${files[0]?.toUpperCase()}`],
    ['a path out of it', () => '/jitsi/asap/..%2f..%2fetc%2fpasswd'],
  ])('answers 404 in plain text for %s', async (_what, path) => {
    const answer = await prosody.get(path());
    expect(answer.status).toBe(404);
    expect(answer.headers.get('Content-Type')).toContain('text/plain');
    expect(answer.text).not.toContain('<');
    expect(answer.location).toBeUndefined();
  });

  it('answers no other method', async () => {
    const answer = await prosody.request(`/jitsi/asap/${files[0]}`, { method: 'POST' });
    expect(answer.status).toBe(405);
  });
});

describe('GET /jitsi/jwks.json', () => {
  it('lists the RSA keys of one issuer, cacheable for five minutes', async () => {
    const answer = await prosody.get('/jitsi/jwks.json');
    expect(answer.headers.get('Cache-Control')).toBe('public, max-age=300');
    expect(answer.headers.get('Content-Type')).toContain('application/json');
    const { keys } = JSON.parse(answer.text) as { keys: Record<string, string>[] };
    expect(keys.map(({ kid }) => asapFile(kid ?? '')).sort()).toEqual([...files].sort());
    for (const key of keys)
      expect(Object.keys(key).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('is empty for an HS issuer', async () => {
    const answer = await prosody.get('/jitsi/hs/jwks.json');
    expect(JSON.parse(answer.text)).toEqual({ keys: [] });
  });
});

async function askUntil(signal: AbortSignal): Promise<number[]> {
  const statuses: number[] = [];
  while (!signal.aborted) statuses.push((await prosody.get(`/jitsi/asap/${files[0]}`)).status);
  return statuses;
}

describe('a rotation', () => {
  it('shows in what is served as soon as the catalog hears of it, with no request failing', async () => {
    const until = new AbortController();
    const asking = askUntil(until.signal);
    const before = (await prosody.get('/jitsi/jwks.json')).text;
    await rotateIssuerKeys(app, { slug: 'main', force: true, actor: { actorName: 'test' } });
    await app.catalog.refresh();
    const after = (await prosody.get('/jitsi/jwks.json')).text;
    until.abort();
    expect(JSON.parse(after).keys).toHaveLength(JSON.parse(before).keys.length + 1);
    const statuses = await asking;
    expect(statuses.length).toBeGreaterThan(0);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});
