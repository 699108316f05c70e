/** `context`: nulls and odd values, the identity others see, the features. */
import { describe, expect, it } from 'vitest';
import type { PluginVersion } from '../../../src/domain/prosody/host.ts';
import { DEFAULT_FEATURES } from '../../../src/domain/prosody/role.ts';
import { ask, claims, hs, hsHost, inShort } from './tokens.ts';

const IN = 'accepted participant';
const showing = { ...hsHost, presenceIdentity: true };
const withContext = (context: unknown) => hs(claims({ context }));
const withUser = (user: unknown) => withContext({ user });

describe('context', () => {
  it.each<[string, unknown, string]>([
    ['nothing', undefined, IN],
    ['null', null, 'hangs context_odd'],
    ['a number', 7, 'hangs context_odd'],
    ['false', false, 'hangs context_odd'],
    ['text', '', IN],
    ['a list', [], IN],
    ['an empty object', {}, IN],
    ['user null', { user: null }, 'hangs user_odd'],
    ['user as text', { user: 'alice' }, 'hangs user_odd'],
    ['user true', { user: true }, 'hangs user_odd'],
    ['user false', { user: false }, IN],
    ['user as a list', { user: [] }, IN],
    ['features null', { features: null }, 'hangs features_odd'],
    ['features as a number', { features: 1 }, 'hangs features_odd'],
    ['features as a list', { features: ['recording'] }, IN],
    ['group null', { group: null }, IN],
  ])('that is %s', (_, context, expected) => {
    expect(inShort(withContext(context))).toBe(expected);
  });

  it.each<[string, unknown, string]>([
    ['group null', { user: {}, group: null }, 'hangs group_odd'],
    ['group as a list', { user: {}, group: ['a'] }, 'hangs group_odd'],
    ['group as text', { user: {}, group: 'a' }, IN],
    ['a value with a control character', { user: { name: 'a\u0007' } }, 'hangs user_value_odd'],
    ['a value with a line end', { user: { name: 'a\nb\té' } }, IN],
  ])('with presence_identity and %s', (_, context, expected) => {
    expect(inShort(withContext(context), showing)).toBe(expected);
  });

  it.each<[PluginVersion, string]>([
    ['2026-08', IN],
    ['2026-01', 'hangs user_key_odd'],
    ['2024-04', 'hangs user_key_odd'],
  ])('with a name in user that is no XML name, %s', (version, expected) => {
    const token = withUser({ 'first name': 'Alice' });

    expect(inShort(token, showing, undefined, { version })).toBe(expected);
    expect(inShort(token, hsHost, undefined, { version })).toBe(IN);
  });
});

describe('the identity others see', () => {
  const identityOf = (token: string, host = showing) => {
    const verdict = ask(token, host);
    return verdict.verdict === 'accepted' ? verdict.identity : verdict;
  };

  it('is not there without presence_identity', () => {
    expect(identityOf(withUser({ name: 'Alice' }), hsHost)).toBeUndefined();
  });

  it('is every value of context.user, as Lua writes it', () => {
    const user = {
      name: 'Alice',
      age: 7,
      ratio: 0.25,
      big: 1e15,
      tiny: -0.0000001,
      yes: true,
      no: null,
      more: {},
    };

    expect(identityOf(withContext({ user, group: 'staff' }))).toEqual({
      user: {
        name: 'Alice',
        age: '7.0',
        ratio: '0.25',
        big: '1e+15',
        tiny: '-1e-07',
        yes: 'true',
        no: 'userdata: (nil)',
        more: 'table: 0x…',
      },
      group: 'staff',
    });
  });

  it('leaves out names that are no XML names, with a warning', () => {
    const token = withUser({ 'a b': 'x', id: '1' });

    expect(identityOf(token)).toEqual({ user: { id: '1' } });
    expect(ask(token, showing).warnings).toContain('user_key_skipped');
  });

  it('is Firebase’s user_id where there is no context', () => {
    expect(identityOf(hs(claims({ user_id: 'u1' })))).toEqual({ user: { id: 'u1' } });
    expect(identityOf(hs(claims({ user_id: 'u1', context: {} })))).toBeUndefined();
  });

  it('keeps a user called __proto__ a plain name', () => {
    const token = hs(
      JSON.parse(
        `{"iss":"roomkey","aud":"jitsi","sub":"*","room":"*","context":{"user":{"__proto__":"x"}}}`,
      ),
    );

    expect(Object.keys((identityOf(token) as { user: object }).user)).toEqual(['__proto__']);
  });
});

describe('the features', () => {
  const featuresOf = (context: unknown) => {
    const verdict = ask(withContext(context));
    return verdict.verdict === 'accepted' ? verdict.features : verdict;
  };

  it('are the default for a moderator whose token names none', () => {
    expect(featuresOf({ user: { moderator: true } })).toEqual(DEFAULT_FEATURES);
    expect(DEFAULT_FEATURES).not.toContain('file-upload');
  });

  it('are none for a participant whose token names none', () => {
    expect(featuresOf({})).toEqual([]);
  });

  it('are those the token switches on, for a moderator too', () => {
    const features = { recording: true, livestreaming: 'true', flip: 1, transcription: 'false' };

    expect(featuresOf({ features })).toEqual(['recording', 'livestreaming']);
    expect(featuresOf({ user: { moderator: true }, features: {} })).toEqual([]);
  });
});
