import { describe, expect, it } from 'vitest';
import type { Issuer } from '../../src/domain/issuer.ts';
import { type ServiceFacts, serviceWarnings } from '../../src/domain/service-warning.ts';
import type { SigningKey } from '../../src/domain/signing-key.ts';
import { anIssuer, anLdapUpstream, anOidcUpstream, NOW } from '../factories.ts';

const issuer = anIssuer();
const key = (stage: SigningKey['stage'], overrides: Partial<SigningKey> = {}): SigningKey => ({
  kid: stage,
  issuerId: issuer.id,
  ring: 'jitsi',
  bits: 2048,
  stage,
  publicPem: '',
  createdAt: NOW,
  activatedAt: stage === 'active' ? NOW : undefined,
  publishedAt: undefined,
  retiredAt: undefined,
  ...overrides,
});
const sound: ServiceFacts = {
  publicUrl: new URL('https://auth.example.org'),
  trustedProxies: ['10.0.0.0/8'],
  issuers: [issuer],
  upstreams: [anOidcUpstream(), anLdapUpstream()],
  keys: [key('active'), key('next')],
  directories: [],
  now: NOW,
};
const with_ = (overrides: Partial<Issuer>) => [{ ...issuer, ...overrides }];
const longAgo = new Date(NOW.getTime() - 366 * 24 * 3_600_000);

describe('serviceWarnings', () => {
  it('has nothing to say where all is well', () => {
    expect(serviceWarnings(sound)).toEqual([]);
  });

  it.each<[string, Partial<ServiceFacts>]>([
    [
      'public_url_local',
      { publicUrl: new URL('http://localhost:3000'), issuers: with_({ iss: 'x' }) },
    ],
    [
      'public_url_plain',
      { publicUrl: new URL('http://auth.example.org'), issuers: with_({ iss: 'x' }) },
    ],
    ['no_proxies', { trustedProxies: [] }],
    ['no_issuer', { issuers: [] }],
    ['server_url_missing', { issuers: with_({ serverUrl: undefined }) }],
    ['weak_secret', { issuers: with_({ algorithm: 'HS256', weakSecret: true }) }],
    ['active_key_missing', { keys: [key('next')] }],
    ['next_key_missing', { keys: [key('active')] }],
    ['key_old', { keys: [key('active', { activatedAt: longAgo }), key('next')] }],
    ['xmpp_domain_missing', { issuers: with_({ sub: 'tenant' }) }],
    [
      'at_hash_unchecked',
      { upstreams: [anOidcUpstream({ quirks: ['clock_wrong', 'at_hash_wrong'] })] },
    ],
    [
      'ldap_in_clear',
      { upstreams: [anLdapUpstream({ security: 'none', urls: ['ldap://ldap.example'] })] },
    ],
    ['iss_elsewhere', { issuers: with_({ iss: 'https://old.example.org/' }) }],
  ])('says %s', (code, facts) => {
    const warnings = serviceWarnings({ ...sound, ...facts });
    expect(warnings.map((warning) => warning.code)).toEqual([code]);
  });

  it('says nothing of an old key that a schedule rotates', () => {
    const keys = [key('active', { activatedAt: longAgo }), key('next')];
    const issuers = with_({ keyRotationDays: 400 });
    expect(serviceWarnings({ ...sound, keys, issuers })).toEqual([]);
  });
});
