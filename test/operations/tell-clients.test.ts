import { beforeAll, describe, expect, it } from 'vitest';
import { peekJws, verifyRs256 } from '../../src/crypto/verify-jws.ts';
import { ensureRealmKeys } from '../../src/operations/ensure-realm-keys.ts';
import { tellClients } from '../../src/operations/tell-clients.ts';
import { jitsiClient, wikiClient } from '../support/relying-party.ts';
import { testApp } from '../support/app.ts';

const LOGOUT = 'https://wiki.example.org/oauth/logout';

let app: Awaited<ReturnType<typeof testApp>>;
let sent: { address: string; token: string }[] = [];
let failures: string[] = [];
let answer: () => number = () => 200;
let issuerId: string;

beforeAll(async () => {
  app = await testApp();
  const wiki = wikiClient({ auth: 'none', backchannelLogoutUri: LOGOUT });
  const issuer = await app.addIssuer({ clients: [jitsiClient(), wiki] });
  issuerId = issuer.id;
  const live = app.catalog.current().bySlug.get('main');
  if (live) await ensureRealmKeys(app, live);
});

async function tell(): Promise<number> {
  sent = [];
  failures = [];
  return tellClients({
    ...app,
    publicUrl: () => new URL('https://auth.example.org'),
    postForm: async (address, form) => {
      sent.push({ address: address.href, token: form.get('logout_token') ?? '' });
      return answer();
    },
    onFailure: (clientId) => void failures.push(clientId),
  });
}

async function known(username: string) {
  const { user, visitor } = await app.signedIn(username);
  const [session] = await app.stores.sessions.listOfUser(user.id, app.clock.now());
  if (!session) throw new Error('signed in');
  const { id: sessionId, expiresAt } = session;
  const login = { sessionId, issuerId, clientId: 'wiki', userId: user.id, expiresAt };
  await app.stores.oidcLogins.remember(login);
  await app.stores.oidcLogins.remember(login);
  return { user, visitor, sessionId };
}

describe('tellClients', () => {
  it('tells nobody while the sign-in lives', async () => {
    await known('alive');
    expect(await tell()).toBe(0);
  });

  it('sends one signed logout token when it ends, however it ends', async () => {
    const ends: readonly [string, (one: Awaited<ReturnType<typeof known>>) => Promise<unknown>][] =
      [
        ['signer-out', ({ visitor }) => visitor.submit('/logout', {}, { page: '/account' })],
        ['by-an-administrator', ({ user }) => app.stores.sessions.endAllOfUser(user.id)],
        [
          'by-password',
          ({ visitor }) =>
            visitor.submit('/account/password', {
              currentPassword: 'a long enough passphrase',
              newPassword: 'another long passphrase',
            }),
        ],
      ];
    for (const [name, end] of ends) {
      const one = await known(name);
      await end(one);
      expect(await tell()).toBe(1);
      expect(await app.database.knex('oidc_logins').where({ session_id: one.sessionId })).toEqual(
        [],
      );
      expect(sent.map(({ address }) => address)).toEqual([LOGOUT]);
      const keys = app.catalog.current().bySlug.get('main')?.realm.publicKeys ?? [];
      const verified = verifyRs256(
        sent[0]?.token ?? '',
        (kid) => keys.find((key) => key.kid === kid)?.publicPem,
      );
      expect(verified?.header.typ).toBe('logout+jwt');
      expect(verified?.payload).toMatchObject({
        iss: 'https://auth.example.org/realms/main',
        aud: 'wiki',
        sub: one.user.id,
        sid: one.sessionId,
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      });
      expect(verified?.payload).not.toHaveProperty('nonce');
    }
  });

  it('is done by one of twenty processes', async () => {
    const one = await known('raced');
    await app.stores.sessions.endAllOfUser(one.user.id);
    const counts = await Promise.all(Array.from({ length: 20 }, () => tell()));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
  });

  it('tries again later and later, until the client hears', async () => {
    const one = await known('deaf');
    await app.stores.sessions.endAllOfUser(one.user.id);
    answer = () => 500;
    expect(await tell()).toBe(0);
    expect(failures).toEqual(['wiki']);
    expect([await tell(), sent]).toEqual([0, []]);
    app.clock.advance(15);
    expect([await tell(), sent.length]).toEqual([0, 1]);
    app.clock.advance(15);
    expect([await tell(), sent]).toEqual([0, []]);
    app.clock.advance(45);
    answer = () => 204;
    expect([await tell(), failures]).toEqual([1, []]);
    app.clock.advance(3600);
    expect([await tell(), sent]).toEqual([0, []]);
  });

  it('gives a client up that does not hear for hours', async () => {
    const one = await known('gone');
    await app.stores.sessions.endAllOfUser(one.user.id);
    answer = () => 500;
    let tries = 0;
    for (let hour = 0; hour < 12; hour++) {
      for (const seconds of [0, 60, 600, 2940]) {
        app.clock.advance(seconds);
        await tell();
        tries += sent.filter(({ token }) => peekJws(token)?.payload.sid === one.sessionId).length;
      }
    }
    expect(tries).toBe(6);
    expect(await app.database.knex('oidc_logins').where({ session_id: one.sessionId })).toEqual([]);
  });
});
