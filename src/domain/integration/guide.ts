/**
 * What an operator writes into a Jitsi server so that it takes an issuer's tokens: exact lines, by
 * how that server was installed, how Prosody comes by the keys, and whether guests may come.
 *
 * Sources: docker-jitsi-meet's `prosody`, `web` and `jicofo` templates, jitsi-meet's `config.js` and
 * Prosody plugins, nixpkgs' modules `services.jitsi-meet`, `prosody` and `jicofo`. Words are the
 * page's: a note is a code.
 *
 * @module
 */
import { type Issuer, isHs } from '../issuer.ts';
import { debianFiles } from './debian.ts';
import { dockerFiles } from './docker.ts';
import { factsOf } from './facts.ts';
import type { GuideChoice, IntegrationGuide } from './guide-file.ts';
import { handbookFiles } from './handbook.ts';
import { nginxFiles } from './nginx.ts';
import { nixosFiles } from './nixos.ts';

const FILES = { docker: dockerFiles, debian: debianFiles, nixos: nixosFiles };

/** docker-jitsi-meet, with keys as the issuer signs, and nobody without a token. */
export function usualChoice({ algorithm }: Issuer): GuideChoice {
  return { platform: 'docker', keys: isHs(algorithm) ? 'secret' : 'asap', guests: 'none' };
}

/** @param publicUrl Our origin. */
export function buildIntegrationGuide(
  issuer: Issuer,
  publicUrl: URL,
  choice: GuideChoice = usualChoice(issuer),
): IntegrationGuide {
  const facts = factsOf(issuer, publicUrl, choice);
  return {
    choice,
    isCurrent: isHs(issuer.algorithm) === (choice.keys === 'secret'),
    files: [
      ...FILES[choice.platform](facts),
      ...handbookFiles(facts, choice),
      ...nginxFiles(facts),
    ],
  };
}
