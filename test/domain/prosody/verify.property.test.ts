/** Whatever comes in, an answer comes out. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PluginVersion, ProsodyHost } from '../../../src/domain/prosody/host.ts';
import { luaMatch } from '../../../src/domain/prosody/lua-pattern.ts';
import { HANG_SENTENCES, WARNING_SENTENCES } from '../../../src/domain/prosody/sentences.ts';
import { ask, claims, hs, hsHost, ROOM, rsHost, spki } from './tokens.ts';

const json = fc.jsonValue();
const odd = fc.oneof(json, fc.constantFrom(null, true, false, 0, '', '*', [], {}));

const version = fc.constantFrom<PluginVersion>('2024-04', '2026-01', '2026-08');
const host = fc
  .record({
    enableDomainVerification: fc.boolean(),
    asapRequireRoomClaim: fc.boolean(),
    allowEmptyToken: fc.boolean(),
    presenceIdentity: fc.boolean(),
    mucWaitForHost: fc.boolean(),
  })
  .map((options): ProsodyHost => ({ ...hsHost, ...options, asapAcceptedIssuers: ['*'] }));
const room = fc.oneof(fc.constant(ROOM), fc.string());
const join = fc.record({ room, tenant: fc.string() }, { requiredKeys: ['room'] });

/** Pieces a token is made of, so that odd ones are often reached behind a good one. */
const piece = fc.oneof(
  json.map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
  fc.constant(Buffer.from('{"alg":"RS256","typ":"JWT","kid":"k1"}').toString('base64url')),
  fc.string(),
);
const tokenText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('.')),
);

function expectAnswer(verdict: ReturnType<typeof ask>) {
  expect(['accepted', 'refused', 'hangs']).toContain(verdict.verdict);
  if (verdict.verdict === 'hangs') expect(HANG_SENTENCES).toHaveProperty(verdict.why);
  for (const warning of verdict.warnings) expect(WARNING_SENTENCES).toHaveProperty(warning);
}

describe('the reading', () => {
  it('answers any text, with a secret and with keys', () => {
    fc.assert(
      fc.property(tokenText, version, join, (token, version, join) => {
        for (const keys of [hsHost, rsHost()]) {
          const verdict = ask(token, keys, join, { version });
          expectAnswer(verdict);
          expect(verdict.verdict).not.toBe('accepted');
        }
      }),
    );
  });

  it('answers any signed payload', () => {
    fc.assert(
      fc.property(json, host, join, version, (payload, host, join, version) => {
        expectAnswer(ask(hs(payload), host, join, { version }));
      }),
    );
  });

  it('answers any odd value in a claim that counts', () => {
    const changes = fc.record(
      {
        exp: odd,
        nbf: odd,
        iat: odd,
        iss: odd,
        aud: odd,
        room: odd,
        sub: odd,
        user_id: odd,
        context: fc.oneof(
          odd,
          fc.record(
            {
              user: fc.oneof(odd, fc.dictionary(fc.string(), odd)),
              group: odd,
              features: fc.oneof(odd, fc.dictionary(fc.string(), odd)),
              room: fc.oneof(odd, fc.record({ regex: fc.constantFrom(true, 'true', false, 1) })),
              tenant: odd,
            },
            { requiredKeys: [] },
          ),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(changes, host, join, version, (changes, host, join, version) => {
        expectAnswer(ask(hs(claims(changes)), host, join, { version }));
      }),
      { numRuns: 500 },
    );
  });

  it('answers any header', () => {
    const header = fc.record({ typ: odd, alg: odd, kid: odd }, { requiredKeys: [] });
    fc.assert(
      fc.property(header, version, (header, version) => {
        expectAnswer(ask(hs(claims(), header), rsHost(), undefined, { version }));
      }),
    );
  });

  it('answers whatever a key server or a key list holds', () => {
    const body = fc.oneof(
      fc.string(),
      json.map((value) => JSON.stringify(value)),
      fc.constant(spki),
    );
    const answer = fc.record({ status: fc.constantFrom(200, 204, 302, 404), body });
    fc.assert(
      fc.property(answer, answer, version, (cacheKeysUrl, pem, version) => {
        const both = rsHost({ keys: { kind: 'both', cacheKeysUrl, asapKeyServer: () => pem } });
        expectAnswer(ask(hs(claims(), { alg: 'RS256', kid: 'k1' }), both, undefined, { version }));
      }),
    );
  });

  it('lets nobody into another room than the token’s', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9%-]{1,20}$/), (name) => {
        fc.pre(name !== ROOM);
        const loose = { ...hsHost, enableDomainVerification: false };
        for (const host of [hsHost, loose])
          expect(ask(hs(claims()), host, { room: name }).verdict).toBe('refused');
      }),
    );
  });
});

describe('a Lua pattern', () => {
  it('ends on any input', () => {
    const pattern = fc
      .array(
        fc.constantFrom(
          '%',
          'a',
          '.',
          '*',
          '+',
          '-',
          '?',
          '(',
          ')',
          '[',
          ']',
          '^',
          '$',
          'b',
          'f',
          '1',
        ),
      )
      .map((chars) => chars.join(''));
    fc.assert(
      fc.property(
        fc.stringMatching(/^[ab]{0,40}$/),
        fc.oneof(pattern, fc.string()),
        (subject, pattern) => {
          expect(luaMatch(subject, pattern)).toHaveProperty('outcome');
        },
      ),
      { numRuns: 2000 },
    );
  });
});
