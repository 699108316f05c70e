import { describe, expect, it } from 'vitest';
import type { OidcFault } from '../../src/domain/upstreams/oidc-fault.ts';
import { OIDC_QUIRKS, type OidcQuirk } from '../../src/domain/upstreams/quirks.ts';
import {
  failing,
  inSeconds,
  partiesOver,
  signIn,
  start,
  withAudiences,
  wrongHash,
} from '../support/oidc-party.ts';
import type { Wrongs } from '../support/upstream-provider.ts';

interface Quirky {
  readonly wrongs?: Partial<Wrongs>;
  readonly person?: Readonly<Record<string, unknown>>;
  readonly meanwhile?: (callback: URL) => void;
  /** What is said of it where it is not let pass; `undefined`: people come in, with less. */
  readonly fault: OidcFault | undefined;
  /** Others that have to be let pass for this one to be seen. */
  readonly beside?: readonly OidcQuirk[];
}

const withoutIss = (callback: URL) => callback.searchParams.delete('iss');

const QUIRKY: Readonly<Record<OidcQuirk, Quirky>> = {
  at_hash_wrong: { wrongs: { idToken: wrongHash }, fault: 'at_hash_wrong' },
  audiences_unlisted: { wrongs: { idToken: withAudiences }, fault: 'audience_wrong' },
  email_verified_missing: { person: { email_verified: undefined }, fault: undefined },
  iss_parameter_missing: { meanwhile: withoutIss, fault: 'iss_parameter_missing' },
  issuer_slash_differs: {
    wrongs: {
      discovery: (metadata) => ({ ...metadata, issuer: `${String(metadata.issuer)}/` }),
      idToken: (claims) => ({ ...claims, iss: `${claims.iss}/` }),
    },
    meanwhile: withoutIss,
    fault: 'issuer_wrong',
    beside: ['iss_parameter_missing'],
  },
  clock_wrong: {
    wrongs: { idToken: (claims) => ({ ...claims, exp: inSeconds(-120) }) },
    fault: 'id_token_expired',
  },
  userinfo_by_post: { wrongs: { thin: true, userinfoBy: 'POST' }, fault: 'userinfo_refused' },
};

async function meet(quirk: OidcQuirk, quirks: readonly OidcQuirk[]) {
  const { wrongs = {}, person = {}, meanwhile = () => undefined } = QUIRKY[quirk];
  const provider = await start();
  Object.assign(provider.wrongs, wrongs);
  provider.person = { ...provider.person, ...person };
  const { assertion } = await signIn(partiesOver().parties, provider, {
    overrides: { quirks },
    meanwhile,
  });
  return assertion;
}

describe.each(OIDC_QUIRKS)('the quirk %s', (quirk) => {
  const { beside = [], fault } = QUIRKY[quirk];

  it('is let pass where that is said', async () => {
    const { subject, claims } = await meet(quirk, [...beside, quirk]);
    expect(subject).toBe('grace-1');
    expect(claims).toMatchObject({ name: 'Grace Hopper', email: 'grace@company.example' });
  });

  it('is not let pass by all the others together', async () => {
    const others = OIDC_QUIRKS.filter((other) => other !== quirk);
    if (fault !== undefined) {
      await expect(meet(quirk, others)).rejects.toMatchObject(failing(fault));
      return;
    }
    expect((await meet(quirk, others)).claims).not.toHaveProperty('email');
  });
});

describe('all quirks let pass at once', () => {
  it.each<[string, Partial<Wrongs>, OidcFault]>([
    [
      'another issuer',
      { idToken: (c) => ({ ...c, iss: 'https://evil.example' }) },
      'id_token_issuer_wrong',
    ],
    ['another client', { idToken: (c) => ({ ...c, aud: 'somebody' }) }, 'audience_wrong'],
    ['another sign-in', { idToken: (c) => ({ ...c, nonce: 'x' }) }, 'nonce_wrong'],
    ['a time long gone', { idToken: (c) => ({ ...c, exp: inSeconds(-400) }) }, 'id_token_expired'],
    ['a foreign key', { foreignKey: true }, 'signature_wrong'],
  ])('still believe no ID token of %s', async (_, wrongs, fault) => {
    const provider = await start();
    Object.assign(provider.wrongs, wrongs);
    const refused = signIn(partiesOver().parties, provider, { overrides: { quirks: OIDC_QUIRKS } });
    await expect(refused).rejects.toMatchObject(failing(fault));
  });

  it('still take nobody back from another provider', async () => {
    const provider = await start();
    const refused = signIn(partiesOver().parties, provider, {
      overrides: { quirks: OIDC_QUIRKS },
      meanwhile: (callback) => callback.searchParams.set('iss', 'https://evil.example'),
    });
    await expect(refused).rejects.toMatchObject(failing('issuer_mixed_up'));
  });
});
