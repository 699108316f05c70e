/**
 * Any token, taken apart: whose it is, whether a key of ours signed it, and what the Prosody of an
 * issuer makes of it, line by line. The token is neither written down nor logged.
 *
 * @module
 */
import { prosodyCrypto } from '../crypto/prosody-signatures.ts';
import type { Clock } from '../domain/clock.ts';
import type { Inspection, Judgement, Likeness } from '../domain/explain/inspection.ts';
import { adviceFor } from '../domain/prosody/advice.ts';
import type { Check, CheckName } from '../domain/prosody/finding.ts';
import { expectedAlgorithm, type ProsodyHost } from '../domain/prosody/host.ts';
import { field } from '../domain/prosody/json.ts';
import { takeApart, type TokenParts } from '../domain/prosody/token-parts.ts';
import { type ProsodyVerdict, verifyAsProsody } from '../domain/prosody/verify.ts';
import { roomNamed } from '../domain/room.ts';
import { canonicalTenant } from '../domain/tenant.ts';
import type { Stores } from '../stores/index.ts';
import { findLive } from './explain.ts';
import type { IssuerCatalog, LiveIssuer } from './issuer-catalog.ts';
import { prosodyHostOf } from './prosody-host.ts';
import { findSigner } from './token-signer.ts';

export interface InspectDeps {
  readonly stores: Pick<Stores, 'issuers' | 'signingKeys'>;
  readonly catalog: Pick<IssuerCatalog, 'refresh'>;
  readonly clock: Clock;
  readonly publicUrl: () => URL;
}

export interface InspectInput {
  /** Compact JWS, or an address or header with one in it. */
  readonly token: string;
  /** Slug of the issuer whose Prosody is asked. Default: the one the token seems to belong to. */
  readonly issuer?: string | undefined;
  /** Its name, as people see it. Default: the token's own. */
  readonly room?: string | undefined;
  readonly tenant?: string | undefined;
}

/**
 * @throws {DomainError} `issuer_not_found`, `room_invalid`, `tenant_invalid`.
 */
export async function inspectToken(
  { stores, catalog, clock, publicUrl }: InspectDeps,
  input: InspectInput,
): Promise<Inspection> {
  const token = findToken(input.token);
  const parts = takeApart(token);
  const [snapshot, secrets] = await Promise.all([catalog.refresh(), stores.issuers.listSecrets()]);
  const all = [...snapshot.bySlug.values()];
  const signer = await findSigner(stores, { parts, issuers: all, secrets });
  const issuers = likenesses(all, { parts, signer });
  const slug = input.issuer ?? issuers[0]?.slug ?? all[0]?.issuer.slug;
  const live = slug === undefined ? undefined : findLive(snapshot, slug);

  return {
    header: parts.readable ? parts.header : undefined,
    claims: parts.readable ? parts.payload : undefined,
    unreadable: parts.readable ? undefined : parts.reason,
    bytes: Buffer.byteLength(token),
    signedBy: signer.signedBy,
    issuers,
    judged:
      live &&
      judge({
        token,
        parts,
        live,
        host: prosodyHostOf(live, secrets.get(live.issuer.id) ?? '', publicUrl()),
        signer,
        now: clock.now(),
        ...placeOf(input, parts),
      }),
  };
}

/** The token itself out of `https://…?jwt=…`, `…#jwt=…`, `Bearer …` or a lone one. */
export function findToken(text: string): string {
  const trimmed = text.trim();
  const inAddress = /[?#&]jwt=([^&#\s]+)/.exec(trimmed)?.[1];
  return inAddress ?? trimmed.replace(/^(?:authorization:\s*)?bearer\s+/i, '');
}

function placeOf({ room, tenant }: InspectInput, parts: TokenParts) {
  return {
    room: room === undefined ? roomOfToken(parts) : roomNamed(room).safe,
    tenant: tenant === undefined ? undefined : canonicalTenant(tenant),
  };
}

/** The room claim is such a name already; of one for every room any will do. */
function roomOfToken(parts: TokenParts): string {
  const claim = parts.readable ? field(parts.payload, 'room') : undefined;
  return typeof claim === 'string' && claim !== '' && claim !== '*' ? claim : 'room';
}

type Signer = Awaited<ReturnType<typeof findSigner>>;

const WEIGHT = { signature: 8, kid: 4, iss: 2, aud: 1 } as const;

function likenesses(
  all: readonly LiveIssuer[],
  { parts, signer }: { parts: TokenParts; signer: Signer },
): readonly Likeness[] {
  const claim = (name: string) => (parts.readable ? field(parts.payload, name) : undefined);
  const [iss, aud] = [claim('iss'), claim('aud')];
  const weightOf = ({ by }: Likeness) => by.reduce((sum, one) => sum + WEIGHT[one], 0);
  return all
    .map(({ issuer }): Likeness => {
      const by: [boolean, Likeness['by'][number]][] = [
        [signer.signedBy?.issuerId === issuer.id, 'signature'],
        [signer.kid?.issuerId === issuer.id, 'kid'],
        [iss === issuer.iss, 'iss'],
        [aud === issuer.appId, 'aud'],
      ];
      return { slug: issuer.slug, by: by.flatMap(([holds, one]) => (holds ? [one] : [])) };
    })
    .filter(({ by }) => by.some((one) => one !== 'aud'))
    .toSorted((a, b) => weightOf(b) - weightOf(a));
}

interface Trial {
  readonly token: string;
  readonly parts: TokenParts;
  readonly live: LiveIssuer;
  readonly host: ProsodyHost;
  readonly signer: Signer;
  readonly room: string;
  readonly tenant: string | undefined;
  readonly now: Date;
}

function judge(trial: Trial): Judgement {
  const { token, parts, live, host, signer, room, tenant, now } = trial;
  const join = tenant === undefined ? { room } : { room, tenant };
  const ask = (at: Date) => verifyAsProsody({ token, host, join, now: at, crypto: prosodyCrypto });
  const verdict = ask(now);
  const alg = parts.readable ? field(parts.header, 'alg') : undefined;
  const owner = signer.signedBy?.issuerId ?? signer.kid?.issuerId;
  const origin = {
    keyStage: stageOf(signer),
    otherIssuer: owner !== undefined && owner !== live.issuer.id,
    header: { alg: typeof alg === 'string' ? alg : undefined },
    expected: { alg: expectedAlgorithm(host) },
  };
  const issuedAt = issuedBefore(parts, verdict);
  return {
    issuer: live.issuer.slug,
    room,
    verdict,
    lines: inOrder(verdict.checks, parts).map((check) => ({
      ...check,
      advice: check.outcome === 'failed' ? adviceFor(check.name, origin) : undefined,
    })),
    whenIssued: issuedAt && ask(issuedAt).verdict,
  };
}

function stageOf({ kid }: Signer): 'served' | 'retired' | 'unknown' {
  if (!kid) return 'unknown';
  return kid.stage === 'retired' ? 'retired' : 'served';
}

function issuedBefore(parts: TokenParts, { checks }: ProsodyVerdict): Date | undefined {
  const iat = parts.readable ? field(parts.payload, 'iat') : undefined;
  const isOver = checks.some(({ name, outcome }) => name === 'exp' && outcome === 'failed');
  const isTime = typeof iat === 'number' && Math.abs(iat) < 1e11;
  return isOver && isTime ? new Date(iat * 1000) : undefined;
}

const ORDER: readonly CheckName[] = [
  'size',
  'format',
  'typ',
  'alg',
  'kid',
  'key',
  'signature',
  'iss',
  'aud',
  'exp',
  'nbf',
  'room',
  'sub',
  'tenant',
  'context',
  'nulls',
];

/** What nothing was said of is fine: nulls are told of only where they are. */
function inOrder(checks: readonly Check[], parts: TokenParts): readonly Check[] {
  const none: Check = { name: 'nulls', outcome: 'ok', seen: '', wanted: '' };
  const isSilent = parts.readable && checks.every(({ name }) => name !== 'nulls');
  const all = isSilent ? [...checks, none] : checks;
  return all.toSorted((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
}
