import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../src/domain/errors.ts';
import { entryPath, parseEntryPath, readJitsiEntry } from '../../src/domain/jitsi-entry.ts';

describe('entryPath', () => {
  it('is read back as the same entry, whatever was asked', () => {
    const state = fc.record(
      {
        tenant: fc.stringMatching(/^[a-z0-9]{1,10}$/),
        room: fc.string(),
        'config.startWithAudioMuted': fc.boolean(),
        ios: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), state, (room, rest) => {
        const asked = { room: encodeURIComponent(room), state: JSON.stringify(rest) };
        const entry = unlessRefused(() => readJitsiEntry('partner', asked));
        if (entry) expect(parseEntryPath(entryPath(entry))).toEqual(entry);
      }),
    );
  });

  it('drops settings rather than room, tenant and app when it would be too long', () => {
    const config = Object.fromEntries(
      ['startWithAudioMuted', 'startWithVideoMuted', 'subject'].map((name) => [
        `config.${name}`,
        name === 'subject' ? '€'.repeat(900) : true,
      ]),
    );
    const state = JSON.stringify({ ...config, tenant: 'maths', android: true });
    const path = entryPath(readJitsiEntry('main', { room: 'a', state }));
    expect(path.length).toBeLessThanOrEqual(6000);
    expect(parseEntryPath(path)).toMatchObject({ tenant: 'maths', app: 'android' });
  });
});

describe('parseEntryPath', () => {
  it.each(['/', '/login', '/jitsi/asap/x.pem', '/jitsi/a/b/login?room=x', '/jitsi/login'])(
    'knows that %s is no way into a room',
    (path) => {
      expect(parseEntryPath(path)).toBeUndefined();
    },
  );
});

function unlessRefused<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}
