import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { testApp } from '../support/app.ts';
import {
  authorize,
  discover,
  redeem,
  syncClock,
  type TestApp,
  WIKI,
  wikiClient,
} from '../support/relying-party.ts';

const AT = '/api/v1/issuers/main/clients/wiki';
const SCOPE = 'openid profile groups';
const DECLARED = {
  kind: 'oidc',
  auth: 'none',
  redirectUris: [WIKI],
  firstParty: true,
  scopes: SCOPE.split(' '),
};

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
  syncClock(app);
  await app.addIssuer({ clients: [wikiClient({ auth: 'none' })] });
});

async function signedIn(name: string) {
  const { user, visitor } = await app.signedIn(name, ['staff']);
  const config = await discover(app, { clientId: 'wiki', auth: openid.None() });
  const parameters = { redirect_uri: WIKI, state: 'x', scope: SCOPE };
  const tokens = await redeem(await authorize(config, visitor, { parameters }));
  const { access_token: access, refresh_token: refresh = '' } = tokens;
  const put = async (more: object) => {
    const key = await app.apiKey(['issuers:write']);
    return app.api('PUT', AT, { key, body: { ...DECLARED, ...more } });
  };
  const know = (token: string) => openid.fetchUserInfo(config, token, user.id);
  return { config, access, refresh, put, know };
}

describe('what a client was given', () => {
  it('shrinks with what it may ask for', async () => {
    const { config, access, refresh, put, know } = await signedIn('narrowed');
    expect(await know(access)).toHaveProperty('groups', ['staff']);
    expect((await put({ scopes: ['openid'] })).status).toBe(200);
    expect(Object.keys(await know(access))).toEqual(['sub']);
    const renewed = await openid.refreshTokenGrant(config, refresh);
    expect(renewed.scope).toBe('openid');
    expect(Object.keys(await know(renewed.access_token))).toEqual(['sub']);
    await put({});
  });

  it.each(['made anew by the same name', 'put back'])(
    'has ended for one that was removed and is %s',
    async (how) => {
      const { config, access, refresh, put, know } = await signedIn(how.replaceAll(' ', '-'));
      const key = await app.apiKey(['issuers:write', 'users:read', 'users:write', 'issuers:read']);
      await app.api('DELETE', AT, { key });
      if (how === 'put back') {
        const { json } = await app.api('GET', '/api/v1/bin', { key });
        await app.api('POST', `/api/v1/bin/${json.items[0].id}/restore`, { key });
      } else await put({});
      expect((await app.api('GET', AT, { key })).status).toBe(200);

      await expect(know(access)).rejects.toThrow();
      const renewal = openid.refreshTokenGrant(config, refresh);
      await expect(renewal).rejects.toMatchObject({ error: 'invalid_grant' });
    },
  );
});
