import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { asCurl } from '../../src/http/as-curl.ts';

const origin = new URL('https://auth.example.org');

it('says the call, and leaves the key in the environment', () => {
  const call = { method: 'PUT', path: '/api/v1/groups/staff', body: { name: "it's" } } as const;
  expect(asCurl(origin, call)).toBe(
    `curl -X PUT -H "Authorization: Bearer $ROOMKEY_API_KEY" -H 'Content-Type: application/json' ` +
      `-d '{"name":"it'\\''s"}' 'https://auth.example.org/api/v1/groups/staff'`,
  );
});

it('gives a shell the very body, whatever is in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const line = asCurl(origin, { method: 'POST', path: '/api/v1/x', body: { name } });
      const body = execFileSync('sh', [
        '-c',
        `curl() { for a; do case $a in {*) printf %s "$a";; esac; done; }; ${line}`,
      ]);
      expect(JSON.parse(body.toString('utf8'))).toEqual({ name });
    }),
    { numRuns: 30 },
  );
});
