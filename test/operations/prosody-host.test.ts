import { describe, expect, it } from 'vitest';
import { prosodyHostOf } from '../../src/operations/prosody-host.ts';
import { anIssuer } from '../factories.ts';
import { jitsiClient } from '../support/relying-party.ts';

const publicUrl = new URL('https://auth.example.org');
const iss = 'https://auth.example.org/';
const asapFiles = new Map<string, Buffer>();

describe('prosodyHostOf', () => {
  it('takes the tokens of the popup as well, where the issuer has a Jitsi client', () => {
    const clients = [jitsiClient({ audience: 'account' })];
    const issuer = anIssuer({ slug: 'main', iss, appId: 'jitsi', clients });
    expect(prosodyHostOf({ issuer, asapFiles }, '', publicUrl)).toMatchObject({
      asapAcceptedIssuers: [iss, 'https://auth.example.org/realms/main'],
      asapAcceptedAudiences: ['jitsi', 'account'],
    });
  });

  it('takes those of the Jitsi door alone, where it has none', () => {
    const issuer = anIssuer({ slug: 'main', iss, appId: 'jitsi', clients: [] });
    expect(prosodyHostOf({ issuer, asapFiles }, '', publicUrl)).toMatchObject({
      asapAcceptedIssuers: [iss],
      asapAcceptedAudiences: ['jitsi'],
    });
  });
});
