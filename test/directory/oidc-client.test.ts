import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  failing,
  inspectAll,
  OWN,
  partiesOver,
  signIn,
  start,
  wrongHash,
} from '../support/oidc-party.ts';
import { CLIENT_SECRET, type Wrongs } from '../support/upstream-provider.ts';

describe('Roomkey as a client', () => {
  it.each(['client_secret_basic', 'client_secret_post', 'none'] as const)(
    'proves itself by %s',
    async (auth) => {
      const provider = await start({ token_endpoint_auth_method: auth });
      const { assertion } = await signIn(partiesOver().parties, provider, { overrides: { auth } });
      expect(assertion.subject).toBe('grace-1');
    },
  );

  it.each([
    ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['EC', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ])('proves itself by an %s key of its own', async (_, make) => {
    const { privateKey, publicKey } = make();
    const jwks = { keys: [publicKey.export({ format: 'jwk' })] };
    const provider = await start({ token_endpoint_auth_method: 'private_key_jwt', jwks });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const given = {
      overrides: { auth: 'private_key_jwt' as const },
      secrets: { secret: undefined, privateKey: pem },
    };
    expect((await signIn(partiesOver().parties, provider, given)).assertion.subject).toBe(
      'grace-1',
    );
    const broken = { ...given, secrets: { secret: undefined, privateKey: pem.slice(0, 200) } };
    await expect(signIn(partiesOver().parties, provider, broken)).rejects.toMatchObject(
      failing('client_key_unusable'),
    );
  });

  it.each(['client_secret_basic', 'client_secret_post'] as const)(
    'says that its secret by %s is wrong',
    async (auth) => {
      const provider = await start({ token_endpoint_auth_method: auth });
      const secrets = { secret: 'another', privateKey: undefined };
      const refused = signIn(partiesOver().parties, provider, { overrides: { auth }, secrets });
      await expect(refused).rejects.toMatchObject(failing('client_refused'));
    },
  );

  it('goes by the keys that are there now', async () => {
    const provider = await start();
    const { parties } = partiesOver();
    await signIn(parties, provider);
    await provider.rotate();
    expect((await signIn(parties, provider)).assertion.subject).toBe('grace-1');
  });

  it('needs no discovery where the endpoints are told', async () => {
    const provider = await start();
    provider.wrongs.instead.set('/.well-known/openid-configuration', { status: 404, body: '' });
    const at = (path: string) => provider.issuer + path;
    const endpoints = {
      authorization: at('/auth'),
      token: at('/token'),
      jwks: at('/jwks'),
      userinfo: at('/me'),
    };
    const { assertion } = await signIn(partiesOver().parties, provider, {
      overrides: { endpoints },
    });
    expect(assertion.subject).toBe('grace-1');
  });

  it('tells no secret in what it throws', async () => {
    const provider = await start();
    const problems: Partial<Wrongs>[] = [
      { idToken: wrongHash },
      { foreignKey: true },
      { idToken: (c) => ({ ...c, iss: 'x' }) },
    ];
    for (const wrongs of problems) {
      Object.assign(provider.wrongs, wrongs);
      const thrown = await signIn(partiesOver().parties, provider).catch((error: unknown) => error);
      const told = inspectAll(thrown);
      for (const secret of [CLIENT_SECRET, OWN.nonce, OWN.verifier, 'grace-1', 'eyJ'])
        expect(told).not.toContain(secret);
    }
  });
});
