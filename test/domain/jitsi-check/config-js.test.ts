import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfigJs } from '../../../src/domain/jitsi-check/config-js.ts';

const read = (script: string) => Object.fromEntries(readConfigJs(script));

const DEBIAN = `/* eslint-disable comma-dangle */
var subdomain = "<!--# echo var="subdomain" default="" -->";
var config = {
    hosts: {
        domain: 'meet.example.org', // the main one
        // anonymousdomain: 'guest.example.com',
        muc: 'conference.' + subdomain + 'meet.example.org',
    },
    bosh: 'https://meet.example.org/' + subdir + 'http-bind',
    // tokenAuthUrl: 'https://commented.example/{room}',
    /* tokenAuthUrl: 'https://also.example', */
    pattern: /['"{]+\\/[/]/g,
    list: [ 'a', { tokenAuthUrl: 'inner' } ],
    fn: function (x) { return { tokenAuthUrl: x }; },
    startAudioMuted: 10,
    p2p: { enabled: true, stunServers: [ { urls: 'stun:x' } ] },
    tokenAuthUrl: 'https://auth.example.org/jitsi/login?room={room}&state={state}',
    makeJsonParserHappy: 'even if last key had a trailing comma'
};
config.tokenLogoutUrl = "https://auth.example.org/jitsi/logout";
`;

const DOCKER = `// Jitsi Meet configuration.
var config = {};
config.hosts = {};
config.hosts.domain = 'meet.jitsi';
if (!config.hasOwnProperty('prejoinConfig')) config.prejoinConfig = {};
config.prejoinConfig.enabled = true;
config.tokenAuthUrl = 'https://old.example/';
config['tokenAuthUrl'] = 'https://auth.example.org/jitsi/login?room={room}';
window.config.tokenAuthInline = false
config.tokenLogoutUrl = 'https:\\/\\/auth.example.org\\x2Fjitsi\\u002flogout'
var other = { config: 1 };
other.config.tokenAuthUrl = 'not ours';
`;

describe('readConfigJs', () => {
  it('reads the map of the Debian packages, comments and code around it', () => {
    expect(read(DEBIAN)).toMatchObject({
      'hosts.domain': 'meet.example.org',
      'hosts.muc': undefined,
      bosh: undefined,
      startAudioMuted: 10,
      'p2p.enabled': true,
      tokenAuthUrl: 'https://auth.example.org/jitsi/login?room={room}&state={state}',
      tokenLogoutUrl: 'https://auth.example.org/jitsi/logout',
    });
    expect(read(DEBIAN)).not.toHaveProperty('hosts.anonymousdomain');
    expect([...readConfigJs(DEBIAN).keys()]).toContain('hosts.muc');
  });

  it('reads the assignments of docker-jitsi-meet, the last of each counting', () => {
    expect(read(DOCKER)).toMatchObject({
      'hosts.domain': 'meet.jitsi',
      'prejoinConfig.enabled': true,
      tokenAuthUrl: 'https://auth.example.org/jitsi/login?room={room}',
      tokenAuthInline: false,
      tokenLogoutUrl: 'https://auth.example.org/jitsi/logout',
    });
  });

  it('reads the JSON of NixOS', () => {
    const script =
      'var config = \n{ "hosts": { "anonymousdomain": "guest.x" },\n "tokenAuthUrl": "https://a/" }\n;\n';
    expect(read(script)).toEqual({
      'hosts.anonymousdomain': 'guest.x',
      tokenAuthUrl: 'https://a/',
    });
  });

  it.each([
    ['', {}],
    ['<!doctype html><title>Not found</title>', {}],
    ['var config = {', {}],
    ['config.tokenAuthUrl =', {}],
    ['config.tokenAuthUrl = `https://${host}/x`;', { tokenAuthUrl: undefined }],
    ["config.tokenAuthUrl = 'a' + b;", { tokenAuthUrl: undefined }],
    ["config.a = 'unclosed", { a: undefined }],
    ['config.__proto__.polluted = true;', { '__proto__.polluted': true }],
  ])('takes %j as it comes', (script, expected) => {
    expect(read(script)).toEqual(expected);
  });

  it('ends on anything, soon', () => {
    const part = fc.constantFrom(
      'config',
      '.',
      '=',
      '{',
      '}',
      '[',
      ']',
      "'",
      '"',
      '`',
      '/',
      '*',
      '\\',
      ':',
      ',',
      '\n',
      'a',
      '1',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 300 }), (parts) => {
        readConfigJs(parts.join(''));
      }),
    );
    const started = performance.now();
    readConfigJs('{'.repeat(400_000));
    readConfigJs(`config = ${'{a:'.repeat(200_000)}`);
    readConfigJs("'\\".repeat(300_000));
    readConfigJs('/['.repeat(300_000));
    readConfigJs('config='.repeat(100_000));
    readConfigJs('/*'.repeat(300_000));
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
