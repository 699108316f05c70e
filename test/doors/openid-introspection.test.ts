import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_URL, testApp } from '../support/app.ts';
import {
  authorize,
  discover,
  payloadOf,
  postForm,
  redeem,
  syncClock,
  type TestApp,
  WIKI,
  wikiClient,
  WIKI_SECRET,
} from '../support/relying-party.ts';

const REALM = `${PUBLIC_URL}/realms/main`;
const ALL = { redirect_uri: WIKI, state: 'x', scope: 'openid profile email groups attributes' };

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
  syncClock(app);
  const post = wikiClient({ clientId: 'post', auth: 'client_secret_post' });
  const { id: issuerId } = await app.addIssuer({ clients: [wikiClient(), post] });
  for (const clientId of ['wiki', 'post'])
    await app.stores.clients.setSecret({ issuerId, clientId }, WIKI_SECRET, app.clock.now());
  await app.stores.catalogVersion.bump();
  await app.catalog.refresh();
});

const BASIC = {
  Authorization: `Basic ${Buffer.from(`wiki:${WIKI_SECRET}`).toString('base64')}`,
};
const wiki = () => discover(app, { clientId: 'wiki', auth: openid.ClientSecretBasic(WIKI_SECRET) });

describe('a client', () => {
  it('asks about access tokens, and gives them back', async () => {
    const { user, visitor } = await app.signedIn('inspected', ['staff']);
    const config = await wiki();
    const grant = async () => redeem(await authorize(config, visitor, { parameters: ALL }));
    const ask = (token: string) => openid.tokenIntrospection(config, token);
    const tokens = await grant();
    const claims = payloadOf(tokens.access_token);
    expect(await ask(tokens.access_token)).toEqual({
      active: true,
      token_type: 'Bearer',
      client_id: 'wiki',
      sub: user.id,
      scope: claims.scope,
      aud: 'wiki',
      iss: REALM,
      iat: claims.iat,
      exp: claims.exp,
      jti: claims.jti,
      sid: claims.sid,
    });
    const altered = `${tokens.access_token.slice(0, -4)}AAAA`;
    expect(await ask(altered)).toEqual({ active: false });
    const auth = openid.ClientSecretPost(WIKI_SECRET);
    const stranger = await discover(app, { clientId: 'post', auth });
    expect(await openid.tokenIntrospection(stranger, tokens.access_token)).toEqual({
      active: false,
    });
    await openid.tokenRevocation(stranger, tokens.access_token);
    await openid.tokenRevocation(config, altered);
    expect((await ask(tokens.access_token)).active).toBe(true);

    const revoke = '/realms/main/protocol/openid-connect/revoke';
    const revoked = await postForm(app, revoke, { token: tokens.access_token }, BASIC);
    expect([revoked.status, revoked.text, revoked.json]).toEqual([200, '', undefined]);
    expect(await ask(tokens.access_token)).toEqual({ active: false });
    expect((await ask(tokens.refresh_token ?? '')).active).toBe(false);
    await expect(openid.fetchUserInfo(config, tokens.access_token, user.id)).rejects.toThrow();

    // What is no access token of ours to keep: an ID token, a Jitsi token.
    const again = await grant();
    for (const token of [again.id_token ?? '', 'e30.e30.e30']) {
      const path = '/realms/main/protocol/openid-connect/token/introspect';
      const { json } = await postForm(app, path, { token }, BASIC);
      expect(json).not.toMatchObject({ active: true });
    }
    await app.stores.sessions.endAllOfUser(user.id);
    for (const token of [again.access_token, again.refresh_token ?? ''])
      expect(await ask(token)).toEqual({ active: false });
    const path = '/realms/main/protocol/openid-connect/revoke';
    const unknown = await postForm(app, path, { token: again.access_token });
    expect(unknown.json).toMatchObject({ error: 'invalid_request' });
  });
});
