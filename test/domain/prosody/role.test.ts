/** `mod_token_affiliation`, `mod_muc_wait_for_host` and jicofo: who moderates. */
import { describe, expect, it } from 'vitest';
import type { Join, ProsodyHost } from '../../../src/domain/prosody/host.ts';
import {
  DOCKER_DEFAULTS,
  hostWithKeyServer,
  hostWithSecret,
  PLUGIN_DEFAULTS,
} from '../../../src/domain/prosody/presets.ts';
import { ask, claims, hs, hsHost, keyServer, now, ROOM, rs, SECRET, spki } from './tokens.ts';

const OWNER = 'moderator owner';
const MEMBER = 'participant member';
const NONE = 'participant none';

function standing(token: string | undefined, host: ProsodyHost = hsHost, join: Partial<Join> = {}) {
  const verdict = ask(token, host, { room: ROOM, ...join });
  return verdict.verdict === 'accepted' ? `${verdict.role} ${verdict.affiliation}` : verdict;
}

const user = (fields: unknown) => hs(claims({ context: { user: fields } }));

describe('token_affiliation', () => {
  it.each<[string, unknown, string]>([
    ['affiliation owner', { affiliation: 'owner' }, OWNER],
    ['affiliation moderator', { affiliation: 'moderator' }, OWNER],
    ['affiliation teacher', { affiliation: 'teacher' }, OWNER],
    ['affiliation admin', { affiliation: 'admin' }, MEMBER],
    ['affiliation member', { affiliation: 'member' }, MEMBER],
    ['moderator true', { moderator: true }, OWNER],
    ['moderator "true"', { moderator: 'true' }, OWNER],
    ['moderator 1', { moderator: 1 }, MEMBER],
    ['moderator "1"', { moderator: '1' }, MEMBER],
    ['moderator false, affiliation owner', { moderator: false, affiliation: 'owner' }, OWNER],
    ['nothing', {}, MEMBER],
  ])('reads %s', (_, fields, expected) => {
    expect(standing(user(fields))).toBe(expected);
  });

  it('does not read the top level', () => {
    expect(standing(hs(claims({ moderator: true, affiliation: 'owner' })))).toBe(MEMBER);
  });

  it('leaves people without a token as they are', () => {
    expect(standing(undefined, { ...hsHost, allowEmptyToken: true })).toBe(NONE);
  });

  it('not loaded, nobody moderates', () => {
    expect(standing(user({ moderator: true }), { ...hsHost, tokenAffiliation: false })).toBe(NONE);
  });
});

describe('other makers of owners', () => {
  const waiting = { ...hsHost, mucWaitForHost: true };
  const auth = { ...hsHost, jicofoAuthentication: true, allowEmptyToken: true };
  const auto = { ...hsHost, enableAutoOwner: true, allowEmptyToken: true };
  const member = user({ moderator: 'false' });

  it.each<[string, string | undefined, ProsodyHost, Partial<Join>, string]>([
    ['wait_for_host: every token', member, waiting, {}, OWNER],
    [
      'wait_for_host without auto owners',
      member,
      { ...waiting, waitForHostDisableAutoOwners: true },
      {},
      MEMBER,
    ],
    ['jicofo authentication: every token', member, auth, {}, OWNER],
    ['jicofo authentication: no guest', undefined, auth, {}, NONE],
    [
      'jicofo authentication: no guest, even the first',
      undefined,
      { ...auth, enableAutoOwner: true },
      {},
      NONE,
    ],
    ['auto owner: the first', member, auto, {}, OWNER],
    ['auto owner: the first, a guest too', undefined, auto, {}, OWNER],
    ['auto owner: not the second', member, auto, { ownerPresent: true }, MEMBER],
  ])('%s', (_, token, host, join, expected) => {
    expect(standing(token, host, join)).toBe(expected);
  });

  it('are named, with a warning', () => {
    expect(ask(member, waiting)).toMatchObject({
      moderatorBy: 'wait_for_host',
      warnings: ['moderator_regardless'],
    });
    expect(ask(member, auth)).toMatchObject({ moderatorBy: 'jicofo_authentication' });
    expect(ask(member, auto)).toMatchObject({ moderatorBy: 'auto_owner' });
    expect(ask(user({ moderator: true }))).toMatchObject({ moderatorBy: 'token', warnings: [] });
  });

  it('leave a visitor a visitor', () => {
    expect(standing(user({ role: 'visitor', moderator: true }), auth)).toBe('visitor none');
  });
});

describe('the presets', () => {
  const issuer = { iss: 'https://auth.example.com', aud: 'jitsi' };
  const payload = { ...claims({ iss: issuer.iss }), sub: '*' };
  const moderator = { ...payload, context: { user: { moderator: 'true' } } };
  const withSecret = hostWithSecret({ ...issuer, appSecret: SECRET });
  const withKeys = hostWithKeyServer({ ...issuer, asapKeyServer: keyServer(spki) });

  it('of our lines let the token alone decide', () => {
    expect(standing(hs(payload), withSecret)).toBe(MEMBER);
    expect(standing(hs(moderator), withSecret)).toBe(OWNER);
    expect(standing(rs(payload), withKeys)).toBe(MEMBER);
    expect(standing(rs(moderator), withKeys)).toBe(OWNER);
  });

  it('of our lines take our issuer and audience alone', () => {
    expect(ask(hs({ ...payload, aud: 'x' }), withSecret).verdict).toBe('refused');
    expect(ask(rs({ ...payload, iss: 'x' }), withKeys).verdict).toBe('refused');
  });

  it('of our lines fetch the key list first where one is given', () => {
    const cacheKeysUrl = { status: 200, body: '{"keys":[]}' };
    const host = hostWithKeyServer({ ...issuer, asapKeyServer: keyServer(spki), cacheKeysUrl });

    expect(host.keys.kind).toBe('both');
    expect(standing(rs(payload), host)).toBe(MEMBER);
  });

  it('of docker alone make everybody with a token a moderator', () => {
    expect(standing(hs(payload), { ...withSecret, ...DOCKER_DEFAULTS })).toBe(OWNER);
  });

  it('differ in domain verification', () => {
    const token = hs({ ...payload, sub: 'someone', exp: now + 60 });

    expect(ask(token, { ...withSecret, ...DOCKER_DEFAULTS }).verdict).toBe('accepted');
    expect(ask(token, { ...withSecret, ...PLUGIN_DEFAULTS }).verdict).toBe('refused');
  });
});
