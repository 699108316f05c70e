import { assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromResource, readOidcEntry, toResource } from '../../src/domain/oidc-entry.ts';
import { canonicalRoom } from '../../src/domain/room.ts';

describe('readOidcEntry', () => {
  it('takes the room that Prosody will compare, and the tenant', () => {
    const state = JSON.stringify({ room: 'Caf%C3%A9', roomSafe: 'caf%c3%a9', tenant: 'Acme' });
    const entry = readOidcEntry(state, 'one');
    expect(entry.room).toMatchObject({ canonical: 'café', safe: 'caf%c3%a9' });
    expect(entry.tenant).toBe('acme');
    expect(readOidcEntry('{"room":"a"}', 'one').room?.canonical).toBe('a');
  });

  it('needs a room, unless any will do', () => {
    expect(() => readOidcEntry(undefined, 'one')).toThrow('room_missing');
    expect(() => readOidcEntry('{}', 'one')).toThrow('room_missing');
    expect(readOidcEntry(undefined, 'any')).toEqual({ room: undefined, tenant: undefined });
    expect(readOidcEntry('{"tenant":"a"}', 'any').tenant).toBe('a');
  });
});

describe('toResource', () => {
  it('is an absolute URI without a fragment that reads back as it was', () => {
    const room = string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    assert(
      property(room, (name) => {
        let entry;
        try {
          entry = { room: canonicalRoom(encodeURIComponent(name)), tenant: 'acme' };
        } catch {
          return;
        }
        const resource = toResource(entry);
        expect(URL.parse(resource)?.href).toBe(resource);
        expect(resource).not.toContain('#');
        expect(fromResource(resource).room?.safe).toBe(entry.room.safe);
        expect(fromResource(resource).tenant).toBe('acme');
      }),
    );
  });

  it('carries no room, too', () => {
    const nowhere = { room: undefined, tenant: undefined };
    expect(fromResource(toResource(nowhere))).toEqual(nowhere);
  });
});
