import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { BridgeName } from '../../src/domain/bridges/index.ts';
import { BRIDGE_SECRET, CLIENT_SECRET } from '../support/bridge-examples.ts';
import { bridgeHouse, prosodyOn, tokenIn, walk } from '../support/bridge-house.ts';
import { scratchFolder } from '../support/scratch-folder.ts';

const scratch = await scratchFolder();
type House = Awaited<ReturnType<typeof bridgeHouse>>;
const running: House[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ server }) => server.stop()));
});

const PERSON = {
  sub: 'subject-of-grace',
  preferred_username: 'grace',
  name: 'Grace Hopper',
  displayName: 'Rear Admiral Hopper',
  nickname: 'Amazing Grace',
  email: 'grace@example.org',
  email_verified: true,
  picture: 'https://id.example.org/grace.png',
  affiliation: 'owner',
};
const MEMBER = { affiliation: 'member', moderator: 'false' };
const BYPASSES = { lobby_bypass: 'true', security_bypass: 'true' };
const state = (more: object) => encodeURIComponent(JSON.stringify({ room: 'Planning', ...more }));

interface Way {
  readonly name: BridgeName;
  /** Where its `tokenAuthUrl`, or its page, sends people. */
  readonly entry: string;
  readonly callback: string;
  readonly client: Readonly<Record<string, unknown>>;
  readonly tenant?: string;
  /** The meeting without its token. */
  readonly meeting: string;
  readonly life: number;
  /** All else that is in the token. */
  readonly claims: Readonly<Record<string, unknown>>;
}

const OPENID = {
  client: { client_id: 'jitsi', client_secret: CLIENT_SECRET },
  callback: '/callback',
  meeting: 'https://meet.example.org/Planning#config.prejoinConfig.enabled=false',
  life: 86_400,
};
const WAYS: readonly Way[] = [
  {
    ...OPENID,
    name: 'jitsi-openid',
    entry: '/room/Planning',
    claims: {
      iss: 'jitsi',
      aud: 'jitsi',
      sub: 'meet.example.org',
      room: 'planning',
      context: {
        user: {
          id: 'grace',
          name: PERSON.name,
          email: PERSON.email,
          avatar: PERSON.picture,
          affiliation: 'owner',
          moderator: 'true',
        },
        group: 'house',
      },
    },
  },
  {
    ...OPENID,
    name: 'go-openid',
    entry: `/authenticate?state=${state({})}&room=Planning`,
    claims: {
      iss: 'jitsi',
      aud: 'jitsi',
      sub: 'meet.example.org',
      room: 'planning',
      context: { user: { name: PERSON.nickname, email: PERSON.email, ...MEMBER } },
    },
  },
  {
    name: 'jitsi-oidc-adapter',
    entry: `/oidc/auth?state=${state({ tenant: 'maths', 'config.startWithAudioMuted': true })}`,
    callback: '/oidc/tokenize',
    client: { client_id: 'meetings', client_secret: CLIENT_SECRET },
    tenant: 'maths',
    meeting: 'https://meet.example.org/maths/Planning#config.startWithAudioMuted=true',
    life: 10_800,
    claims: {
      iss: 'meetings',
      aud: 'meetings',
      sub: 'maths',
      room: 'planning',
      context: {
        user: {
          id: PERSON.sub,
          name: PERSON.name,
          email: PERSON.email,
          ...MEMBER,
          ...BYPASSES,
        },
      },
    },
  },
  {
    name: 'jitsi-keycloak-adapter',
    entry: `/oidc/auth?state=${state({})}`,
    callback: '/oidc/tokenize',
    client: {
      client_id: 'meetings',
      client_secret: undefined,
      token_endpoint_auth_method: 'none',
    },
    meeting: 'https://meet.example.org/Planning',
    life: 3600,
    claims: {
      iss: 'meetings',
      aud: 'meetings',
      sub: 'meet.example.org',
      room: 'planning',
      context: {
        user: {
          id: PERSON.sub,
          name: PERSON.name,
          email: PERSON.email,
          ...MEMBER,
          ...BYPASSES,
        },
      },
    },
  },
  {
    name: 'aadp',
    entry: '/oidc/auth?roomname=Planning',
    callback: '/oidc/redirect',
    client: {
      client_id: 'meetings',
      client_secret: CLIENT_SECRET,
      token_endpoint_auth_method: 'client_secret_post',
    },
    meeting: 'https://meet.example.org/Planning#config.prejoinConfig.enabled=false',
    life: 18_000,
    claims: {
      iss: 'house',
      aud: 'meetings',
      sub: 'meet.example.org',
      room: 'planning',
      context: {
        user: {
          name: PERSON.displayName,
          email: PERSON.email,
          affiliation: 'owner',
          moderator: 'true',
        },
      },
    },
  },
];

describe.each(WAYS)('people of a house that ran $name', (way) => {
  it('come in at its address, through its callback, with its token', async () => {
    const { name, callback, client, tenant } = way;
    const house = await bridgeHouse({ name, folder: path.join(scratch, name), callback, client });
    running.push(house);
    expect(house.imported?.code ?? 0).toBe(0);
    const { provider } = house;
    provider.person = PERSON;
    const browser = house.browser();
    const { end, paths } = await walk(browser, provider, way.entry);
    expect(paths[0]).toBe(new URL(way.entry, 'https://x').pathname);
    expect(paths).toContain(callback);
    expect(end.origin + end.pathname + end.hash).toBe(way.meeting);

    const { header, payload } = tokenIn(end);
    expect(header).toEqual({ alg: 'HS256', typ: 'JWT' });
    const { iat, nbf, exp, jti, ...claims } = payload;
    expect(claims).toEqual(way.claims);
    expect([nbf - iat, exp - iat, typeof jti]).toEqual([-10, way.life, 'string']);

    const verdict = prosodyOn(end, BRIDGE_SECRET, tenant);
    expect(verdict).toMatchObject({ verdict: 'accepted', identity: { user: claims.context.user } });

    // The bridges went to the provider for each room; a session does without.
    const asked = provider.asked.length;
    await walk(browser, provider, way.entry.replaceAll('Planning', 'Lunch'));
    expect(provider.asked).toHaveLength(asked);
  }, 60_000);
});
