import { describe, expect, it } from 'vitest';
import { readVisit, stateOf, tokenAuthUrl } from '../../src/demo/visit.ts';

const visit = (path: string) => readVisit(new URL(path, 'http://localhost:8080'));

describe('reading an address as jitsi-meet does', () => {
  it.each([
    ['/standup', { room: 'standup', roomSafe: 'standup', tenant: undefined }],
    ['/acme/StandUp', { room: 'StandUp', roomSafe: 'standup', tenant: 'acme' }],
    ['/Caf%C3%89', { room: 'Caf%C3%89', roomSafe: 'caf%c3%a9', roomName: 'café' }],
  ])('takes room and tenant from %s', (path, expected) => {
    expect(visit(path)).toMatchObject(expected);
  });

  it.each([
    ['/r', undefined, undefined],
    ['/r?jwt=a.b.c', 'a.b.c', 'query'],
    ['/r#jwt=%22a.b.c%22', 'a.b.c', 'fragment'],
    ['/r#config.x=1&jwt=%22a.b.c%22', 'a.b.c', 'fragment'],
    ['/r?jwt=x.y.z#jwt=%22a.b.c%22', 'a.b.c', 'fragment'],
    ['/r#jwt=a.b.c', undefined, undefined],
  ])('finds the token of %s', (path, token, carriedBy) => {
    expect(visit(path)).toMatchObject({ token, carriedBy });
  });

  it('refuses a name that is no room', () => {
    expect(() => visit('/%2A')).toThrow(expect.objectContaining({ code: 'room_invalid' }));
  });
});

describe('the way to a token', () => {
  it('puts room, tenant and the settings of the fragment into state', () => {
    const state = stateOf(visit('/acme/StandUp#config.startWithAudioMuted=true&evil=1'));
    expect(state).toEqual({
      room: 'StandUp',
      roomSafe: 'standup',
      tenant: 'acme',
      'config.startWithAudioMuted': true,
      'config.prejoinConfig.enabled': false,
    });
  });

  it('inserts the room as it is and the state encoded', () => {
    const template = 'https://auth.example.org/jitsi/login?room={room}&state={state}';
    const address = new URL(tokenAuthUrl(template, visit('/Caf%C3%89')));
    expect(address.search).toContain('?room=Caf%C3%89&state=%7B');
    expect(JSON.parse(address.searchParams.get('state') ?? '')).toMatchObject({
      room: 'Caf%C3%89',
    });
  });

  it('takes dollar signs in a name for what they are', () => {
    expect(tokenAuthUrl('http://a/{room}', { ...visit('/r'), room: "$&$'" })).toBe("http://a/$&$'");
  });
});
