import { beforeAll, describe, expect, it } from 'vitest';
import type { Issuer } from '../../src/domain/issuer.ts';
import { PUBLIC_URL, testApp } from '../support/app.ts';
import {
  authorize,
  discover,
  headerOf,
  jitsiClient,
  postForm,
  redeem,
  roomState,
  SSO,
  syncClock,
  type TestApp,
  TOKEN,
  walk,
} from '../support/relying-party.ts';

const CERTS = '/realms/main/protocol/openid-connect/certs';
const MEET = 'https://meet.example.org';

let app: TestApp;
let issuer: Issuer;
beforeAll(async () => {
  app = await testApp();
  syncClock(app);
  issuer = await app.addIssuer({
    useRule: "inGroup('staff')",
    moderatorRule: "inGroup('chairs')",
    sub: 'tenant',
    clients: [jitsiClient(), jitsiClient({ clientId: 'hall', anyRoom: true, audience: 'account' })],
  });
  await app.person('ada', ['staff', 'chairs']);
  await app.person('bob', ['staff']);
  await app.person('eve', []);
});

const refresh = (fields: Readonly<Record<string, string>>) =>
  postForm(
    app,
    TOKEN,
    { grant_type: 'refresh_token', client_id: 'jitsi', ...fields },
    { Origin: MEET },
  );

describe('a refresh', () => {
  async function signedInFlow(name: string, groups = ['staff']) {
    const signedIn = await app.signedIn(name, groups);
    const tokens = await redeem(await authorize(await discover(app), signedIn.visitor));
    return { ...signedIn, token: tokens.refresh_token ?? '' };
  }

  it('ends with the sign-in', async () => {
    const { visitor, token } = await signedInFlow('leaver');
    await visitor.submit('/logout', {}, { page: '/account' });
    expect((await refresh({ refresh_token: token })).json.error).toBe('invalid_grant');
  });

  it('ends for somebody who is shut out', async () => {
    const { user, token } = await signedInFlow('banned');
    await app.stores.users.setDisabledAt(user.id, app.clock.now(), app.clock.now());
    expect((await refresh({ refresh_token: token })).json.error).toBe('invalid_grant');
  });

  it('asks the rules anew, and leaves nothing to whom they now keep out', async () => {
    const { user, token } = await signedInFlow('mover');
    await app.stores.groups.setForUser(user.id, []);
    const answer = await refresh({ refresh_token: token });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ error: 'invalid_grant' });
    expect(answer.json.error_description).toMatch(/^access denied \(reference/);
    expect(answer.json).not.toHaveProperty('access_token');
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(MEET);

    const staff = (await app.stores.groups.list()).find(({ name }) => name === 'staff');
    await app.stores.groups.setForUser(user.id, [staff!.id]);
    expect((await refresh({ refresh_token: token })).json.error).toBe('invalid_grant');
  });

  it('does not outlive what a password change ends', async () => {
    const { visitor, token } = await signedInFlow('changer');
    const fields = {
      currentPassword: 'a long enough passphrase',
      newPassword: 'another long passphrase',
    };
    const answer = await visitor.submit('/account/password', fields);
    expect(answer.status).toBeLessThan(400);
    expect((await refresh({ refresh_token: token })).json.error).toBe('invalid_grant');
  });
});

describe('what sso.html needs', () => {
  it('may call the token endpoint from its own origin alone, also when that refuses', async () => {
    const ask = (origin: string, fields = {}) =>
      postForm(
        app,
        TOKEN,
        {
          grant_type: 'authorization_code',
          client_id: 'jitsi',
          code: 'x',
          redirect_uri: SSO,
          code_verifier: 'x'.repeat(43),
          ...fields,
        },
        { Origin: origin },
      );
    const refused = await ask(MEET);
    expect(refused.status).toBe(400);
    expect(refused.json).toMatchObject({ error: 'invalid_grant' });
    expect(refused.headers.get('Access-Control-Allow-Origin')).toBe(MEET);

    const stranger = await ask('https://evil.example');
    expect(stranger.status).toBe(400);
    expect(stranger.headers.get('Access-Control-Allow-Origin')).toBeNull();
  });

  it('keeps its opener: no page or redirect of a popup cuts it off', async () => {
    const { url } = await authorize(await discover(app), app.visitor(), { username: 'ada' });
    const answers = [await app.visitor().get(url.pathname + url.search)];
    answers.push(
      await app.visitor().get('/login?returnTo=/realms/main/interaction/x?client=jitsi'),
    );
    for (const { headers } of answers) expect(headers.get('Cross-Origin-Opener-Policy')).toBeNull();
  });

  it('is where the sign-in form may lead', async () => {
    const { headers } = await app
      .visitor()
      .get('/login?returnTo=/realms/main/interaction/x?client=jitsi');
    expect(headers.get('Content-Security-Policy')).toContain(`form-action 'self' ${MEET};`);
  });

  it('finds nothing of what it sent in the log', async () => {
    const { visitor } = await app.signedIn('quiet', ['staff']);
    const state = roomState('secret-room', { refreshToken: 'rt-in-the-state' });
    const flow = await authorize(await discover(app), visitor, { parameters: { state } });
    const tokens = await redeem(flow);
    const said = app.log();
    expect(said).toContain('/realms/main/protocol/openid-connect/auth');
    for (const secret of [
      'secret-room',
      'rt-in-the-state',
      flow.callback.searchParams.get('code') ?? '',
      tokens.access_token,
      tokens.refresh_token ?? '',
      flow.verifier,
      flow.nonce,
    ])
      expect(said).not.toContain(secret);
  });

  it('leads native apps, which leave the challenge unfilled, to the Jitsi door', async () => {
    const { visitor } = await app.signedIn('mobile', ['staff']);
    const state = encodeURIComponent(
      JSON.stringify({ room: 'standup', roomSafe: 'standup', ios: true }),
    );
    const path = `/realms/main/protocol/openid-connect/auth?client_id=jitsi&response_type=code&scope=openid&state=${state}&redirect_uri=${SSO}&code_challenge={code_challenge}&code_challenge_method=S256`;
    const { status, location } = await visitor.get(path);
    expect(status).toBe(303);
    expect(location).toMatch(/^\/jitsi\/login\?room=standup&state=/);
    expect((await visitor.get(location ?? '')).text).toContain('org.jitsi.meet://');
  });
});

describe('issuers', () => {
  it('are strangers to each other: codes, refresh tokens, clients and keys', async () => {
    await app.addIssuer({ slug: 'other', iss: 'https://o.example', clients: [jitsiClient()] });
    const { visitor } = await app.signedIn('traveller', ['staff']);
    const here = await authorize(await discover(app), visitor);
    const there = await discover(app, { slug: 'other' });
    const other = { ...here, config: there };
    await expect(redeem(other)).rejects.toThrow();
    const code = here.callback.searchParams.get('code') ?? '';
    const fields = {
      grant_type: 'authorization_code',
      client_id: 'jitsi',
      redirect_uri: SSO,
      code,
      code_verifier: here.verifier,
    };
    const path = TOKEN.replace('main', 'other');
    expect((await postForm(app, path, fields)).json.error).toBe('invalid_grant');

    const tokens = await redeem(here);
    const foreign = {
      grant_type: 'refresh_token',
      client_id: 'jitsi',
      refresh_token: tokens.refresh_token ?? '',
    };
    expect((await postForm(app, path, foreign)).json.error).toBe('invalid_grant');
    const kids = async (slug: string) => {
      const { keys } = (await (await fetch(app.base + CERTS.replace('main', slug))).json()) as {
        keys: { kid: string }[];
      };
      return keys.map(({ kid }) => kid);
    };
    const [mine, theirs] = [await kids('main'), await kids('other')];
    expect(mine.some((kid) => theirs.includes(kid))).toBe(false);
    expect(mine).toHaveLength(4);
  });

  it('that share a secret with Prosody have a realm, and no Jitsi ring in it', async () => {
    await app.addIssuer({ slug: 'shared', iss: 'https://s.example', algorithm: 'HS256' });
    await walk(
      app.visitor(),
      new URL(`${PUBLIC_URL}/realms/shared/.well-known/openid-configuration`),
    );
    const { keys } = (await (await fetch(app.base + CERTS.replace('main', 'shared'))).json()) as {
      keys: unknown[];
    };
    expect(keys).toHaveLength(2);
  });

  it('sign Jitsi tokens with one ring and ID tokens with the other', async () => {
    const tokens = await redeem(
      await authorize(await discover(app), app.visitor(), { username: 'ada' }),
    );
    const keys = await app.stores.signingKeys.listOf(issuer.id);
    const ringOf = (token: string | undefined) =>
      keys.find(({ kid }) => kid === headerOf(token ?? '').kid)?.ring;
    expect(ringOf(tokens.access_token)).toBe('jitsi');
    expect(ringOf(tokens.id_token)).toBe('oidc');
  });
});
