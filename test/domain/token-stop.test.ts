import { describe, expect, it } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import { compileIssuer } from '../../src/domain/rules/check-issuer.ts';
import {
  findStop,
  type StopSubject,
  stateOfStop,
  type TokenStop,
} from '../../src/domain/token-stop.ts';
import { anIssuer, aUser, NOW } from '../factories.ts';

const issuer = anIssuer();
const user = aUser();
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
const stop = (subject: StopSubject, overrides: Partial<TokenStop> = {}): TokenStop => ({
  id: 'a',
  subject,
  name: 'main',
  reason: 'attack',
  createdAt: NOW,
  createdBy: 'root',
  endsAt: undefined,
  liftedAt: undefined,
  liftedBy: undefined,
  ...overrides,
});
const inRoom = (pattern: string, issuerId = issuer.id) => stop({ kind: 'room', issuerId, pattern });

describe('a stop', () => {
  it.each<[string, TokenStop, boolean]>([
    ['of the person', stop({ kind: 'user', userId: user.id }), true],
    ['of somebody else', stop({ kind: 'user', userId: 'other' }), false],
    ['of the issuer', stop({ kind: 'issuer', issuerId: issuer.id }), true],
    ['of another issuer', stop({ kind: 'issuer', issuerId: 'other' }), false],
    ['of the room', inRoom('staff room'), true],
    ['of rooms like it', inRoom('staff*'), true],
    ['of every room', inRoom('*'), true],
    ['of a room it begins with', inRoom('staff'), false],
    ['of the room of another issuer', inRoom('staff room', 'other'), false],
    ['that was lifted', stop({ kind: 'user', userId: user.id }, { liftedAt: NOW }), false],
    ['that ends later', stop({ kind: 'user', userId: user.id }, { endsAt: later(1) }), true],
    ['that ends now', stop({ kind: 'user', userId: user.id }, { endsAt: NOW }), false],
  ])('%s: denied %s', (_, one, denied) => {
    const result = compileIssuer(issuer, [one]);
    if (!result.ok) throw new Error('a sound issuer');
    const decision = decide(result.compiled, {
      user,
      room: 'staff room',
      tenant: undefined,
      now: NOW,
      auth: { methods: ['pwd'], mfa: false, ageSeconds: 0 },
      ip: undefined,
    });
    expect(decision).toMatchObject(
      denied ? { outcome: 'denied', reason: 'tokens_stopped', stop: one } : { outcome: 'allowed' },
    );
  });

  it('is not asked for of people who are disabled: that is the nearer reason', () => {
    const result = compileIssuer(issuer, [inRoom('*')]);
    if (!result.ok) throw new Error('a sound issuer');
    const facts = { room: 'x', tenant: undefined, now: NOW, ip: undefined };
    const auth = { methods: ['pwd'], mfa: false, ageSeconds: 0 } as const;
    const disabled = aUser({ disabledAt: NOW });
    const decision = decide(result.compiled, { ...facts, user: disabled, auth });
    expect(decision).toMatchObject({ reason: 'user_disabled' });
  });

  it('is found among others', () => {
    const stops = [inRoom('no'), inRoom('sta*'), inRoom('*')];
    expect(findStop(stops, { user, room: 'staff', now: NOW })).toBe(stops[1]);
  });
});

describe('stateOfStop', () => {
  it.each<[Partial<TokenStop>, string]>([
    [{}, 'in_force'],
    [{ endsAt: later(1) }, 'in_force'],
    [{ endsAt: NOW }, 'ended'],
    [{ liftedAt: NOW }, 'lifted'],
    [{ liftedAt: later(-1), endsAt: NOW }, 'lifted'],
    [{ liftedAt: NOW, endsAt: NOW }, 'ended'],
  ])('%o is %s', (overrides, state) => {
    expect(stateOfStop(stop({ kind: 'user', userId: 'x' }, overrides), NOW)).toBe(state);
  });
});
