import { describe, expect, it } from 'vitest';
import { compileRule } from '../../../src/domain/rules/compile.ts';
import { ruleContext } from '../../../src/domain/rules/facts.ts';
import { aUser, NOW } from '../../factories.ts';
import {
  BRIDGE_SECRET,
  CLIENT_SECRET,
  issuerOf,
  mistakesOf,
  readExample,
  said,
  upstreamOf,
} from '../../support/bridge-examples.ts';

describe('jitsi-openid', () => {
  const read = (changes: Record<string, string> = {}) => readExample('jitsi-openid', changes);

  it('keeps what was fixed in the bridge', () => {
    expect(issuerOf(read())).toMatchObject({
      iss: 'jitsi',
      appId: 'jitsi',
      sub: 'meet.example.org',
      tokenTtlSeconds: 86_400,
      skipPrejoin: true,
      group: '"house"',
      mapping: { id: 'username', name: 'displayName', email: 'email', avatar: 'avatarUrl' },
    });
    expect(upstreamOf(read())).toMatchObject({
      issuerUrl: 'https://id.example.org/realms/house',
      auth: 'client_secret_basic',
      clientSecret: CLIENT_SECRET,
      scopes: ['openid', 'profile', 'email'],
      quirks: ['audiences_unlisted', 'email_verified_missing'],
      callback: '/callback',
      mapping: { avatar: 'claims.picture' },
    });
    expect(read().publicUrl).toBe('https://auth.example.org/');
  });

  it.each([
    [
      'ISSUER_BASE_URL',
      { ISSUER_URL: '', ISSUER_BASE_URL: 'https://b' },
      { issuerUrl: 'https://b' },
    ],
    ['SECRET', { CLIENT_SECRET: '', SECRET: 's' }, { clientSecret: 's' }],
    ['SCOPES', { SCOPES: 'email  groups' }, { scopes: ['openid', 'email', 'groups'] }],
    ['ACR_VALUES', { ACR_VALUES: 'mfa gold' }, { acrValues: ['mfa', 'gold'] }],
    [
      'CLIENT_SECRET_FILE',
      { CLIENT_SECRET: '', CLIENT_SECRET_FILE: '/run/client' },
      { clientSecretFile: '/run/client' },
    ],
    [
      'VERIFY_ACCESS_TOKEN_HASH',
      { VERIFY_ACCESS_TOKEN_HASH: 'false' },
      { quirks: ['audiences_unlisted', 'email_verified_missing', 'at_hash_wrong'] },
    ],
  ])('reads %s', (_name, changes, upstream) => {
    const reading = read(changes);
    expect(mistakesOf(reading)).toEqual([]);
    expect(upstreamOf(reading)).toMatchObject(upstream);
  });

  it('leaves the prejoin page where it was, and knows no group without one', () => {
    expect(issuerOf(read({ SKIP_PREJOIN_SCREEN: 'false', GROUP: '' }))).toMatchObject({
      skipPrejoin: false,
    });
    expect(issuerOf(read({ GROUP: '' }))).not.toHaveProperty('group');
  });

  it('looks into the file of the secret to see how long it is, and goes on naming the file', () => {
    const changes = { JITSI_SECRET: '', JITSI_SECRET_FILE: '/run/jitsi' };
    const withFile = (content: string | undefined) =>
      readExample('jitsi-openid', changes, { readFile: () => content });
    expect(issuerOf(withFile(`${BRIDGE_SECRET}\n`))).toMatchObject({ secretFile: '/run/jitsi' });
    expect(issuerOf(withFile('short\n'))).toMatchObject({ carriedOverSecret: true });
    expect(issuerOf(withFile(undefined))).not.toHaveProperty('carriedOverSecret');
    expect(said(withFile(undefined), 'warning')).toContain('/run/jitsi cannot be read here');
  });

  it.each([
    [{ LISTEN_ADDR: '0.0.0.0:8080' }, { host: '0.0.0.0', port: 8080 }],
    [{ LISTEN_ADDR: '[::]:3000' }, { host: '::', port: 3000 }],
    [{ LISTEN_ADDR: '' }, undefined],
  ])('listens where %j says', (changes, listen) => {
    expect(read(changes).listen).toEqual(listen);
  });

  it.each([
    [{ LISTEN_ADDR: '3000' }, 'LISTEN_ADDR must be an address and a port'],
    [{ LISTEN_ADDR: '0.0.0.0:70000' }, 'LISTEN_ADDR must be an address and a port'],
    [{ SKIP_PREJOIN_SCREEN: 'maybe' }, 'SKIP_PREJOIN_SCREEN must be true or false'],
    [{ JITSI_SUB: 'Tenant' }, 'JITSI_SUB is "tenant"'],
    [{ SECRET: 'x' }, 'SECRET and CLIENT_SECRET are both set'],
    [{ JITSI_SECRET_FILE: '/x' }, 'JITSI_SECRET_FILE and JITSI_SECRET are both set'],
    [{ ISSUER_BASE_URL: 'https://x' }, 'ISSUER_BASE_URL and ISSUER_URL are both set'],
  ])('refuses %j', (changes, message) => {
    const mistakes = mistakesOf(read(changes));
    expect(mistakes).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    [{ affiliation: 'owner' }, true],
    [{ affiliation: 'moderator' }, true],
    [{ affiliation: 'teacher' }, true],
    [{ affiliation: 'member' }, false],
    [{ moderator: true }, true],
    [{ moderator: 'true' }, true],
    [{ moderator: false }, false],
    [{ affiliation: 'member', moderator: true }, true],
    [{}, false],
  ])('makes %j what Prosody made of it', (attributes, isModerator) => {
    const rule = compileRule(issuerOf(read())?.moderatorRule ?? '', { tenant: 'unknown' });
    if (!rule.ok) throw new Error(rule.error.message);
    const user = aUser({ attributes });
    const auth = { methods: [], mfa: false, ageSeconds: 0 };
    const facts = { user, room: 'x', tenant: undefined, now: NOW, auth, ip: undefined };
    expect(rule.rule.evaluate(ruleContext(facts, 'main'))).toMatchObject({ value: isModerator });
  });
});
