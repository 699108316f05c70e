import { beforeEach, describe, expect, it } from 'vitest';
import { writeBridgeConfig } from '../../src/config/bridge-text.ts';
import { parseConfigFile } from '../../src/config/config-file.ts';
import { prosodyCrypto } from '../../src/crypto/prosody-signatures.ts';
import type { BridgeName } from '../../src/domain/bridges/index.ts';
import { hostWithSecret } from '../../src/domain/prosody/presets.ts';
import { verifyAsProsody } from '../../src/domain/prosody/verify.ts';
import { roomNamed } from '../../src/domain/room.ts';
import { CLI } from '../../src/operations/actor.ts';
import { applyConfig } from '../../src/operations/apply-config.ts';
import { issueJitsiToken } from '../../src/operations/issue-jitsi-token.ts';
import { admit } from '../../src/operations/upstreams/admit.ts';
import { anAssertion, NOW } from '../factories.ts';
import { BRIDGE_SECRET, issuerOf, readExample } from '../support/bridge-examples.ts';
import { word } from '../support/upstreams.ts';
import { testWorld } from '../support/world.ts';

const publicUrl = new URL('https://auth.example.org');
const lifetimes = { idleSeconds: 3600, maxSeconds: 3600, rememberSeconds: 3600 };
let world: Awaited<ReturnType<typeof testWorld>>;
// Each bridge has its own world: their providers are not each other’s.
beforeEach(async () => {
  world = await testWorld();
});

/** What the provider says of somebody. */
type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

/** Imports the bridge's settings, lets the person sign in at the provider, and enters the room. */
async function tokenAfterImport({ bridge: name, changes, tenant }: Layout, claims: Claims) {
  const reading = readExample(name, changes);
  if (!reading.config) throw new Error(JSON.stringify(reading.mistakes));
  const text = writeBridgeConfig(reading.config, { from: name, secrets: 'shown' });
  const { file, mistakes } = parseConfigFile(text, '/');
  const passwords = { hash: async () => '' };
  const input = { file, mistakes, mode: 'write', prune: false, publicUrl, actor: CLI } as const;
  const applied = await applyConfig({ ...world, passwords }, input);
  expect([...mistakes, ...applied.mistakes]).toEqual([]);
  await world.catalog.refresh();

  const upstream = await world.stores.upstreams.findBySlug('sso');
  if (!upstream) throw new Error('no upstream');
  const { sub: subject } = claims;
  const person = word(upstream, { assertion: anAssertion({ subject, claims }) });
  const { user } = await admit(
    { ...world, lifetimes, publicUrl: () => publicUrl, fetchPicture: async () => undefined },
    person,
  );
  const live = world.catalog.current().bySlug.get('main');
  if (!live) throw new Error('no issuer');
  const session = { methods: ['oidc'], authenticatedAt: NOW };
  const where = { room: roomNamed('Planning'), tenant, ip: undefined, requestId: undefined };
  const { token } = await issueJitsiToken(world, { live, user, session, ...where });
  return { token, payload: payloadOf(token) };
}

function payloadOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

/** `context.user.id` → its value. */
function leaves(tree: object, path = ''): Map<string, unknown> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'object' && value !== null
        ? [...leaves(value, `${path}${key}.`)]
        : [[`${path}${key}`, value] as const],
    ),
  );
}

const NONE = Symbol('no such claim');
const iat = NOW.getTime() / 1000;

/** Claim → [the bridge’s, ours], where they are not the same. */
function differences(theirs: object, ours: object): Record<string, readonly [unknown, unknown]> {
  const [before, after] = [leaves(theirs), leaves(ours)];
  const named = [...new Set([...before.keys(), ...after.keys()])];
  const pairs = named.map((claim) => {
    const pair = [before.get(claim) ?? NONE, after.get(claim) ?? NONE] as const;
    return [claim, pair] as const;
  });
  return Object.fromEntries(pairs.filter(([, [one, other]]) => one !== other));
}

const GRACE = {
  name: 'Grace Hopper',
  email: 'grace@example.org',
  picture: 'https://id.example.org/grace.png',
};
/** In every token of ours: it can be named in the log, and clocks may differ by ten seconds. */
const ALWAYS = { jti: [NONE, expect.any(String)], nbf: [iat, iat - 10] };
/** Never null; and for somebody the provider says nothing of, what Prosody made of nothing. */
const NO_ROLE = {
  'context.user.affiliation': [NONE, 'member'],
  'context.user.moderator': [NONE, 'false'],
};

interface Layout {
  readonly bridge: BridgeName;
  readonly who: string;
  /** Of its settings. */
  readonly changes?: Readonly<Record<string, string>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly tenant?: string;
  /** What the bridge signed. */
  readonly theirs: object;
  /** All that is meant to be different. */
  readonly meant: Readonly<Record<string, unknown>>;
}

const openidToken = (user: object) => ({
  context: { user, group: 'house' },
  aud: 'jitsi',
  iss: 'jitsi',
  sub: 'meet.example.org',
  room: '*',
  nbf: iat,
  iat,
  exp: iat + 86_400,
});
const adapterToken = (sub: string, exp: number) => ({
  aud: 'meetings',
  iss: 'meetings',
  sub,
  room: 'planning',
  nbf: iat,
  iat,
  exp,
  context: {
    user: {
      id: 'subject-of-grace',
      name: GRACE.name,
      email: GRACE.email,
      lobby_bypass: true,
      security_bypass: true,
    },
  },
});
/** As text: Prosody’s modules take both, and hang on what is neither text nor boolean. */
const AS_TEXT = {
  'context.user.lobby_bypass': [true, 'true'],
  'context.user.security_bypass': [true, 'true'],
};

const LAYOUTS: readonly Layout[] = [
  {
    bridge: 'jitsi-openid',
    who: 'with a role',
    claims: { ...GRACE, preferred_username: 'grace', affiliation: 'owner', moderator: true },
    theirs: openidToken({
      id: 'grace',
      email: GRACE.email,
      name: GRACE.name,
      avatar: GRACE.picture,
      affiliation: 'owner',
      moderator: true,
    }),
    // Text, as all of context.user: Prosody takes both.
    meant: { ...ALWAYS, room: ['*', 'planning'], 'context.user.moderator': [true, 'true'] },
  },
  {
    bridge: 'jitsi-openid',
    who: 'of whom the provider says next to nothing',
    claims: { given_name: 'Grace', family_name: 'Hopper' },
    theirs: openidToken({
      id: 'subject-of-grace',
      email: null,
      name: GRACE.name,
      avatar: null,
      affiliation: null,
      moderator: null,
    }),
    meant: { ...ALWAYS, ...NO_ROLE, room: ['*', 'planning'] },
  },
  {
    bridge: 'jitsi-oidc-adapter',
    who: 'in a tenant',
    claims: { ...GRACE, preferred_username: 'grace' },
    tenant: 'maths',
    theirs: adapterToken('maths', iat + 10_800),
    meant: { ...ALWAYS, ...NO_ROLE, ...AS_TEXT },
  },
  {
    bridge: 'jitsi-keycloak-adapter',
    who: 'in none',
    claims: { ...GRACE, preferred_username: 'grace' },
    theirs: adapterToken('meet.example.org', iat + 3600),
    meant: { ...ALWAYS, ...NO_ROLE, ...AS_TEXT },
  },
  {
    bridge: 'go-openid',
    who: 'with another claim for the name',
    claims: { ...GRACE, preferred_username: 'grace', nickname: 'Amazing Grace' },
    theirs: {
      exp: iat + 30 * 86_400,
      aud: 'jitsi',
      sub: 'meet.example.org',
      iss: 'jitsi',
      room: 'planning',
      context: { user: { email: GRACE.email, name: 'Amazing Grace' } },
    },
    meant: {
      ...NO_ROLE,
      jti: [NONE, expect.any(String)],
      iat: [NONE, iat],
      nbf: [NONE, iat - 10],
      exp: [iat + 30 * 86_400, iat + 86_400],
    },
  },
  {
    bridge: 'go-openid',
    who: 'who may pass the lobby',
    changes: { LOBBY_BYPASS_KEY: 'vip', NAME_KEY: '' },
    claims: { ...GRACE, preferred_username: 'grace', vip: true },
    theirs: {
      exp: iat + 30 * 86_400,
      aud: 'jitsi',
      sub: 'meet.example.org',
      iss: 'jitsi',
      room: 'planning',
      context: { user: { email: GRACE.email, name: GRACE.name, lobby_bypass: true } },
    },
    meant: {
      ...NO_ROLE,
      'context.user.lobby_bypass': [true, 'true'],
      jti: [NONE, expect.any(String)],
      iat: [NONE, iat],
      nbf: [NONE, iat - 10],
      exp: [iat + 30 * 86_400, iat + 86_400],
    },
  },
  {
    bridge: 'aadp',
    who: 'with a display name',
    claims: { ...GRACE, preferred_username: 'grace', displayName: 'Rear Admiral Hopper' },
    theirs: {
      context: {
        user: {
          avatar: 'https://www.gravatar.com/avatar/…',
          name: 'Rear Admiral Hopper',
          email: GRACE.email,
          affiliation: 'owner',
        },
      },
      aud: 'meetings',
      iss: 'house',
      sub: 'meet.example.org',
      room: '*',
      exp: iat + 18_000,
    },
    meant: {
      jti: [NONE, expect.any(String)],
      iat: [NONE, iat],
      nbf: [NONE, iat - 10],
      room: ['*', 'planning'],
      'context.user.moderator': [NONE, 'true'],
      // No address goes to Gravatar unless somebody asks for it.
      'context.user.avatar': ['https://www.gravatar.com/avatar/…', NONE],
    },
  },
];

describe.each(LAYOUTS)('the token of $bridge for somebody $who', (layout) => {
  it('is the bridge’s, but for what is meant to be different, and Prosody takes it', async () => {
    const { bridge, changes, claims, tenant, theirs, meant } = layout;
    const person = { ...claims, sub: 'subject-of-grace' };
    const { token, payload } = await tokenAfterImport(layout, person);
    expect(differences(theirs, payload)).toEqual(meant);

    const { iss = '', appId: aud = '' } = issuerOf(readExample(bridge, changes)) ?? {};
    const verdict = verifyAsProsody({
      token,
      host: hostWithSecret({ iss, aud, appSecret: BRIDGE_SECRET }),
      join: { room: 'planning', ...(tenant === undefined ? {} : { tenant }) },
      now: NOW,
      crypto: prosodyCrypto,
    });
    expect(verdict).toMatchObject({ verdict: 'accepted' });
  });
});
