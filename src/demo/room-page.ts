/**
 * The page of a room for somebody who brought a token: what Prosody says, and why.
 *
 * @module
 */
import type { Check } from '../domain/prosody/finding.ts';
import { field, type Json } from '../domain/prosody/json.ts';
import { HANG_SENTENCES, WARNING_SENTENCES } from '../domain/prosody/sentences.ts';
import type { Acceptance, ProsodyVerdict } from '../domain/prosody/verify.ts';
import type { JitsiSetup } from './docker-env.ts';
import { type Html, html } from './html.ts';
import type { Inspection } from './inspect.ts';
import { tree } from './stand-in-pages.ts';
import type { Visit } from './visit.ts';

interface RoomPage {
  readonly visit: Visit;
  readonly setup: JitsiSetup;
  readonly inspection: Inspection;
}

export function roomPage({ visit, setup, inspection }: RoomPage): Html {
  const { verdict, header, claims, keyAddress, now } = inspection;
  const noteOf = (name: string, value: Json) => timeNote(name, value, now);
  return html`<h1>${visit.roomName}</h1>
${banner(verdict, claims)}
<p class="actions">${
    setup.tokenLogoutUrl && html`<a class="button" href="${setup.tokenLogoutUrl}">Sign out</a> `
  }<a href="/${visit.tenant === undefined ? '' : `${visit.tenant}/`}${visit.room}">Come again without the token</a></p>
<h2>What Prosody looks at</h2>
<ol class="checks">${verdict.checks.map(checkLine)}</ol>
${verdict.warnings.map((code) => html`<p class="notice">${WARNING_SENTENCES[code]}</p>`)}
<p class="note">${keyNote(setup, keyAddress)}</p>
<h2>The token</h2>
<p>${CARRIED[visit.carriedBy ?? 'query']}</p>
<h3>Header</h3>${tree(header, noteOf)}
<h3>Claims</h3>${tree(claims, noteOf)}`;
}

const CARRIED = {
  query:
    'It came in the query (?jwt=…), which works everywhere. A real Jitsi takes it out of the address bar once you are in; a web server may have written it to its log.',
  fragment:
    'It came in the fragment (#jwt=…), which browsers keep to themselves: no web server on the way has it in its log. A script of this page handed it over.',
};

function banner(verdict: ProsodyVerdict, claims: Json | undefined): Html {
  if (verdict.verdict === 'accepted') return acceptedBanner(verdict, claims);
  if (verdict.verdict === 'hangs')
    return html`<div class="verdict bad"><p><strong>Hangs.</strong> Prosody would not answer at all.
${HANG_SENTENCES[verdict.why]}</p></div>`;
  return html`<div class="verdict bad"><p><strong>Refused.</strong> Prosody says
<q>${verdict.reason}</q> (<code>${verdict.condition}</code>).</p></div>`;
}

function acceptedBanner({ role, features }: Acceptance, claims: Json | undefined): Html {
  const name = field(field(field(claims, 'context'), 'user'), 'name');
  const rights = features.length === 0 ? 'none' : features.join(', ');
  return html`<div class="verdict good"><p><strong>Accepted.</strong> ${
    typeof name === 'string' ? name : 'Somebody without a name'
  } enters as <strong id="role">${role}</strong>.</p>
<p>Features: ${rights}.</p></div>`;
}

const OUTCOMES: Readonly<Record<Check['outcome'], string>> = {
  ok: 'good',
  failed: 'wrong',
  skipped: 'not looked at',
};

function checkLine({ name, outcome, seen, wanted }: Check): Html {
  return html`<li class="${outcome}"><strong>${name}</strong> <span class="outcome">${
    OUTCOMES[outcome]
  }</span><br><span class="note">is</span> <code>${seen}</code>
<span class="note">wanted: ${wanted}</span></li>`;
}

function keyNote({ keys }: JitsiSetup, keyAddress: string | undefined): string {
  if (keys.kind === 'secret') return 'The signature was checked with the secret both sides share.';
  return keyAddress === undefined
    ? 'The token names no key, so none was fetched.'
    : `The key was fetched as Prosody does: ${keyAddress}`;
}

/** Says when a time is, seen from now. */
function timeNote(name: string, value: Json, now: Date): string | undefined {
  if (!['iat', 'nbf', 'exp'].includes(name) || typeof value !== 'number') return undefined;
  const seconds = Math.round(value - now.getTime() / 1000);
  const date = new Date(value * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const distance = seconds < 0 ? `${-seconds} s ago` : `in ${seconds} s`;
  return `${date.toISOString()}, ${distance}`;
}
