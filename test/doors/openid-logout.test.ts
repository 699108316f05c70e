import { beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_URL, testApp } from '../support/app.ts';
import {
  authorize,
  discover,
  jitsiClient,
  postForm,
  redeem,
  syncClock,
  type TestApp,
} from '../support/relying-party.ts';

const PATH = '/realms/main/protocol/openid-connect/logout';
const BACK = 'https://meet.example.org/static/logout.html';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
  syncClock(app);
  await app.addIssuer({
    clients: [jitsiClient(), jitsiClient({ clientId: 'bare', postLogoutRedirectUris: [] })],
  });
});

let nth = 0;
async function signedIn() {
  const { visitor, user } = await app.signedIn(`person-${++nth}`);
  const tokens = await redeem(await authorize(await discover(app), visitor));
  return { visitor, user, hint: tokens.id_token ?? '', access: tokens.access_token };
}

const query = (fields: Readonly<Record<string, string>>) =>
  `${PATH}?${new URLSearchParams(fields).toString()}`;
const isIn = async ({ visitor }: Awaited<ReturnType<typeof signedIn>>) =>
  (await visitor.get('/account')).status === 200;

describe('sign-out by id_token_hint alone', () => {
  it('ends the session it names with neither cookie nor form, and goes on in the frame', async () => {
    const person = await signedIn();
    const frame = app.visitor();
    const answer = await frame.get(
      query({ post_logout_redirect_uri: BACK, id_token_hint: person.hint }),
    );
    expect(answer.status).toBe(303);
    expect(answer.location).toBe(BACK);
    expect(answer.headers.get('X-Frame-Options')).toBeNull();
    expect(answer.headers.get('Content-Security-Policy')).not.toContain('frame-ancestors');
    expect(await isIn(person)).toBe(false);
    const [event] = await app.stores.auditEvents.list({ limit: 1 });
    expect(event).toMatchObject({
      type: 'session.ended',
      actorName: person.user.username,
      reason: 'signed_out',
    });
  });

  it('takes one that has expired, and a second time does no harm', async () => {
    const person = await signedIn();
    app.clock.advance(3600);
    for (let time = 0; time < 2; time++)
      expect(
        (
          await app
            .visitor()
            .get(query({ post_logout_redirect_uri: BACK, id_token_hint: person.hint }))
        ).location,
      ).toBe(BACK);
    expect(await isIn(person)).toBe(false);
  });

  it('takes one of a retired key', async () => {
    const { rotateIssuerKeys } = await import('../../src/operations/issuer-keys.ts');
    const { SYSTEM } = await import('../../src/operations/actor.ts');
    const person = await signedIn();
    await rotateIssuerKeys(app, { slug: 'main', force: true, ring: 'oidc', actor: SYSTEM });
    await app.stores.signingKeys.retirePublished(
      new Date(app.clock.now().getTime() + 86_400_000),
      0,
    );
    await app.stores.catalogVersion.bump();
    await app.visitor().get(query({ id_token_hint: person.hint }));
    expect(await isIn(person)).toBe(false);
  });

  it('leaves the person’s other sign-ins alone', async () => {
    const person = await signedIn();
    const other = app.visitor();
    await other.signIn(person.user.username, 'a long enough passphrase');
    await app.visitor().get(query({ id_token_hint: person.hint }));
    expect((await other.get('/account')).status).toBe(200);
  });

  it('takes the cookie away when the browser brought it', async () => {
    const { visitor, hint } = await signedIn();
    await visitor.get(query({ id_token_hint: hint }));
    expect([...visitor.cookies.keys()].some((name) => name.endsWith('Host-roomkey'))).toBe(false);
  });

  it.each([
    ['an access token', async () => ({ id_token_hint: (await signedIn()).access })],
    [
      'an altered one',
      async () => ({ id_token_hint: `${(await signedIn()).hint.slice(0, -4)}AAAA` }),
    ],
    ['nonsense', async () => ({ id_token_hint: 'x' })],
    [
      'another client’s name',
      async () => ({ id_token_hint: (await signedIn()).hint, client_id: 'bare' }),
    ],
  ])('refuses %s', async (_what, fieldsOf) => {
    const answer = await app
      .visitor()
      .get(query({ post_logout_redirect_uri: BACK, ...(await fieldsOf()) }));
    expect(answer.status).toBe(400);
    expect(answer.location).toBeUndefined();
  });

  it('brings state back', async () => {
    const { hint } = await signedIn();
    const answer = await app
      .visitor()
      .get(query({ post_logout_redirect_uri: BACK, id_token_hint: hint, state: 'a&b' }));
    expect(answer.location).toBe(`${BACK}?state=a%26b`);
  });

  it('takes a form, too, and no parameter twice', async () => {
    const person = await signedIn();
    const answer = await postForm(app, PATH, {
      id_token_hint: person.hint,
      post_logout_redirect_uri: BACK,
    });
    expect(answer.headers.get('Location')).toBe(BACK);
    expect(await isIn(person)).toBe(false);
    const twice = await app.visitor().get(`${query({ state: 'a' })}&state=b`);
    expect(twice.status).toBe(400);
  });
});

describe('sign-out without a hint', () => {
  it('asks first, and no page of others can answer', async () => {
    const person = await signedIn();
    const path = query({ client_id: 'jitsi', post_logout_redirect_uri: BACK, state: 's' });
    const page = await person.visitor.get(path);
    expect(page.status).toBe(200);
    expect(page.headers.get('X-Frame-Options')).toBe('DENY');
    expect(page.text).toContain('action="/realms/main/sign-out"');
    expect(await isIn(person)).toBe(true);

    const fields = { client_id: 'jitsi', post_logout_redirect_uri: BACK, state: 's' };
    const forged = await person.visitor.submit('/realms/main/sign-out', fields, {
      page: path,
      headers: { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
    });
    expect(forged.status).toBe(403);
    const done = await person.visitor.submit('/realms/main/sign-out', fields, { page: path });
    expect(done.location).toBe(`${BACK}?state=s`);
    expect(await isIn(person)).toBe(false);
  });

  it('goes on to our own page when nobody says for whom, and nobody is signed in', async () => {
    const answer = await app.visitor().get(query({ post_logout_redirect_uri: BACK }));
    expect(answer.location).toBe('/logout');
    const known = await app
      .visitor()
      .get(query({ post_logout_redirect_uri: BACK, client_id: 'jitsi' }));
    expect(known.location).toBe(BACK);
    const unknown = await app
      .visitor()
      .get(query({ post_logout_redirect_uri: BACK, client_id: 'x' }));
    expect(unknown.status).toBe(400);
    const bare = await app
      .visitor()
      .get(query({ post_logout_redirect_uri: BACK, client_id: 'bare' }));
    expect(bare.status).toBe(400);
  });

  it('is not there for another realm’s token', async () => {
    await app.addIssuer({ slug: 'other', iss: 'https://o.example', clients: [jitsiClient()] });
    const person = await signedIn();
    const foreign = query({ id_token_hint: person.hint }).replace('/main/', '/other/');
    expect((await app.visitor().get(foreign)).status).toBe(400);
    expect(await isIn(person)).toBe(true);
    expect(PUBLIC_URL).toMatch(/^https/);
  });
});
