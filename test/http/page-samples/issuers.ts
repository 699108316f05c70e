import { GUESTS, KEY_MODES, PLATFORMS } from '../../../src/domain/integration/guide-file.ts';
import { guideFor } from '../../../src/http/integration-page.ts';
import type { IssuerPages } from '../../../src/http/page-contexts/issuers.ts';
import { anIssuer } from '../../factories.ts';
import type { SamplesOf } from './samples-of.ts';

/** With `text` wherever somebody else's text can stand. */
export function issuerSamples(text: string): SamplesOf<IssuerPages> {
  const issuer = anIssuer({ name: text, appId: text, iss: text });
  const choices = PLATFORMS.flatMap((platform) =>
    KEY_MODES.flatMap((keys) => GUESTS.map((guests) => ({ platform, keys, guests }))),
  );
  return {
    integration: choices.map((choice, index) => {
      const publicUrl = new URL(index === 1 ? 'http://localhost:3000' : 'https://auth.example.org');
      const known = index === 2 ? { ...issuer, serverUrl: undefined } : issuer;
      const occasion = index === 0 ? 'setup' : 'visit';
      return { ...guideFor(known, publicUrl, choice), occasion };
    }),
  };
}
