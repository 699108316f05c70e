import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDomainError } from '../../src/domain/errors.ts';
import { parseJitsiState } from '../../src/domain/jitsi-state.ts';

const configOf = (state: Record<string, unknown>) => parseJitsiState(JSON.stringify(state)).config;

describe('parseJitsiState', () => {
  it('reads what jitsi-meet writes', () => {
    const raw = JSON.stringify({
      room: 'Caf%C3%A9',
      roomSafe: 'caf%c3%a9',
      tenant: 'School',
      refreshToken: 'secret',
      'config.startWithAudioMuted': true,
      'config.prejoinConfig.enabled': false,
      'iceServers.replace': '[]',
      electron: true,
    });
    expect(parseJitsiState(raw)).toEqual({
      room: 'Caf%C3%A9',
      roomSafe: 'caf%c3%a9',
      tenant: 'school',
      config: [
        ['config.startWithAudioMuted', true],
        ['config.prejoinConfig.enabled', false],
      ],
      app: 'electron',
    });
  });

  it('takes an empty or absent member for none', () => {
    const nothing = {
      room: undefined,
      roomSafe: undefined,
      tenant: undefined,
      config: [],
      app: undefined,
    };
    expect(parseJitsiState('{}')).toEqual(nothing);
    expect(parseJitsiState('{"room":"","tenant":null,"ios":"true"}')).toEqual(nothing);
  });

  it.each([
    'config.tokenAuthUrl',
    'config.tokenLogoutUrl',
    'config.hosts.domain',
    'config.bosh',
    'config.websocket',
    'config.serviceUrl',
    'config.brandingDataUrl',
    'config.analytics.disabled',
    'config.deeplinking.desktop.appUrl',
    'config.conferenceInfo.hostname',
    'config.lobby.authToken',
    'config.filmstrip.__proto__.x',
    'config.filmstrip.constructor',
    'config.__proto__',
    'config.',
    'config.subject ',
    'config.subject=x&config.bosh',
    'config.unknownSetting',
    'interfaceConfig.APP_NAME',
    'interfaceConfig.TOOLBAR_TIMEOUT\n',
    'iceServers.replace',
    'jwt',
    'room',
  ])('does not pass %j on', (name) => {
    expect(configOf({ [name]: 'x' })).toEqual([]);
  });

  it.each([
    ['an object', {}],
    ['a list', ['x']],
    ['nothing', null],
    ['a long text', 'x'.repeat(201)],
    ['a control character', 'a\0b'],
    ['half of a character', 'a\ud800'],
  ])('does not pass on %s as a value', (_, value) => {
    expect(configOf({ 'config.subject': value })).toEqual([]);
  });

  it('passes on fifty settings at most', () => {
    const many = Object.fromEntries(
      Array.from({ length: 80 }, (_, index) => [`config.filmstrip.f${index}`, true]),
    );
    expect(configOf(many)).toHaveLength(50);
  });

  it.each([
    ['no JSON', 'room'],
    ['a list', '[]'],
    ['a text', '"x"'],
    ['null', 'null'],
    ['nothing', ''],
    ['a list as the room', '{"room":["a"]}'],
    ['a number as the tenant', '{"tenant":1}'],
    ['too long a text', JSON.stringify({ room: 'x'.repeat(8192) })],
    ['a deep list', '['.repeat(8000)],
  ])('refuses %s', (_, raw) => {
    expect(() => parseJitsiState(raw)).toThrow(
      expect.objectContaining({
        code: 'input_invalid',
        details: { issues: [{ path: 'query.state', message: expect.any(String) }] },
      }),
    );
  });

  it('refuses a wrong tenant by its own name', () => {
    expect(() => parseJitsiState('{"tenant":"../x"}')).toThrow(
      expect.objectContaining({ code: 'tenant_invalid' }),
    );
  });

  it('throws nothing but foreseen errors', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (raw) => {
        try {
          parseJitsiState(raw);
        } catch (error) {
          if (!isDomainError(error)) throw error;
        }
      }),
    );
  });
});
