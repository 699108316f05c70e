import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appReturnUrl } from '../../src/domain/app-return.ts';
import { isDomainError } from '../../src/domain/errors.ts';
import { parseJitsiState } from '../../src/domain/jitsi-state.ts';
import { meetingUrl } from '../../src/domain/meeting-url.ts';
import { canonicalRoom } from '../../src/domain/room.ts';
import { anIssuer } from '../factories.ts';

const token = 'aaa.bbb-_b.ccc';
const plain = anIssuer({ skipPrejoin: false });
const room = canonicalRoom('Caf%C3%A9');

describe('meetingUrl', () => {
  it.each([
    ['query', false, 'https://meet.example.org/Caf%C3%A9?jwt=aaa.bbb-_b.ccc'],
    [
      'query',
      true,
      'https://meet.example.org/Caf%C3%A9?jwt=aaa.bbb-_b.ccc#config.prejoinConfig.enabled=false',
    ],
    ['fragment', false, 'https://meet.example.org/Caf%C3%A9#jwt=%22aaa.bbb-_b.ccc%22'],
    [
      'fragment',
      true,
      'https://meet.example.org/Caf%C3%A9#jwt=%22aaa.bbb-_b.ccc%22&config.prejoinConfig.enabled=false',
    ],
  ] as const)('delivers by %s, prejoin skipped: %s', (delivery, skipPrejoin, expected) => {
    const issuer = anIssuer({ delivery, skipPrejoin });
    expect(meetingUrl({ issuer, room, tenant: undefined, token })).toBe(expected);
  });

  it.each([
    ['https://meet.example.org/', undefined, 'https://meet.example.org/Caf%C3%A9'],
    ['https://meet.example.org', undefined, 'https://meet.example.org/Caf%C3%A9'],
    ['https://example.org:8443/meet', undefined, 'https://example.org:8443/meet/Caf%C3%A9'],
    ['https://example.org/meet/?x=1#y', 'School', 'https://example.org/meet/school/Caf%C3%A9'],
  ])('keeps the path of %s and tenant %s', (serverUrl, tenant, expected) => {
    expect(meetingUrl({ issuer: { ...plain, serverUrl }, room, tenant, token: undefined })).toBe(
      expected,
    );
  });

  it('writes characters jitsi-meet would strip so that the room stays the same', () => {
    const url = meetingUrl({
      issuer: plain,
      room: canonicalRoom('it%27s%20(ok)%21'.replace(/[()]/g, '')),
      tenant: undefined,
      token: undefined,
    });
    expect(url).toBe('https://meet.example.org/it%27s%20ok%21');
  });

  it('keeps the settings of the meeting, as JSON, and lets the issuer skip the prejoin page', () => {
    const { config } = parseJitsiState(
      JSON.stringify({
        'config.startWithAudioMuted': true,
        'config.subject': 'a&b#c="d"',
        'config.prejoinConfig.enabled': true,
        'interfaceConfig.TOOLBAR_TIMEOUT': 4000,
      }),
    );
    const url = meetingUrl({ issuer: anIssuer(), room, tenant: undefined, token, config });
    expect(new URL(url).hash.slice(1).split('&')).toEqual([
      'config.startWithAudioMuted=true',
      'config.subject=%22a%26b%23c%3D%5C%22d%5C%22%22',
      'config.prejoinConfig.enabled=false',
      'interfaceConfig.TOOLBAR_TIMEOUT=4000',
    ]);
  });

  it('sends nobody anywhere without a server', () => {
    const issuer = anIssuer({ serverUrl: undefined });
    expect(() => meetingUrl({ issuer, room, tenant: undefined, token })).toThrow(
      expect.objectContaining({ code: 'issuer_without_server' }),
    );
  });

  it('never leaves the server, whatever room, tenant and state say', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        '//evil.test',
        'https://evil.test/',
        '..',
        '%2e%2e',
        '/',
        '\\',
        '@evil.test',
        '.',
        'a',
        'evil.test:80',
      ),
      fc.string({
        unit: fc.constantFrom('/', '\\', '.', '%2f', '%', '@', ':', '#', '?', 'a'),
        maxLength: 10,
      }),
    );
    const name = fc.oneof(
      fc.constantFrom('config.subject', 'config.tokenAuthUrl', 'interfaceConfig.LANG_DETECTION'),
      text,
    );
    const issuer = anIssuer({ serverUrl: 'https://meet.example.org/base/' });
    fc.assert(
      fc.property(text, fc.option(text), fc.dictionary(name, text), (raw, tenant, state) => {
        try {
          const { config } = parseJitsiState(JSON.stringify(state));
          const address = { room: canonicalRoom(raw), tenant: tenant ?? undefined, config };
          const url = new URL(meetingUrl({ issuer, token, ...address }));
          expect(url.origin).toBe('https://meet.example.org');
          expect(url.pathname).toMatch(/^\/base\/(?:[a-z0-9._-]+\/)?[^/]+$/);
          expect([...url.searchParams]).toEqual([['jwt', token]]);
          expect(url.hash).toMatch(/^#(?:(?:config|interfaceConfig)\.[\w.]+=[^&#=]+&?)+$/);
          expect(url.hash).not.toMatch(/tokenAuthUrl|jwt=/);
        } catch (error) {
          if (!isDomainError(error)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('appReturnUrl', () => {
  const url = 'https://meet.example.org/t/room?jwt=x.y.z#config.prejoinConfig.enabled=false';

  it.each([
    [
      'ios',
      'org.jitsi.meet://meet.example.org/t/room?jwt=x.y.z#config.prejoinConfig.enabled=false',
    ],
    [
      'android',
      'intent://meet.example.org/t/room?jwt=x.y.z#config.prejoinConfig.enabled=false#Intent;scheme=org.jitsi.meet;package=org.jitsi.meet;end',
    ],
    [
      'electron',
      'jitsi-meet://meet.example.org/t/room?jwt=x.y.z#config.prejoinConfig.enabled=false',
    ],
  ] as const)('opens the %s app', (app, expected) => {
    expect(appReturnUrl(app, url)).toBe(expected);
  });
});
