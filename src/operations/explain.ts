/**
 * Why somebody may or may not enter a room, as what, and what Prosody will say: asked of the very
 * functions that let people in. Nothing is written and nothing is signed.
 *
 * @module
 */
import { prosodyCrypto } from '../crypto/prosody-signatures.ts';
import { fromIssuer } from '../domain/config-file/issuer-entry.ts';
import type { Clock, Random } from '../domain/clock.ts';
import type { Allowed } from '../domain/decide.ts';
import { DomainError, isDomainError } from '../domain/errors.ts';
import { explainClaims } from '../domain/explain/claims.ts';
import { explainDecision } from '../domain/explain/decision.ts';
import type { Case, Explanation, TokenExplanation } from '../domain/explain/explanation.ts';
import { verifyAsProsody } from '../domain/prosody/verify.ts';
import { NO_ROOM, roomNamed } from '../domain/room.ts';
import type { AuthFacts } from '../domain/rules/facts.ts';
import { canonicalTenant } from '../domain/tenant.ts';
import { checkTokenSize, MAX_TOKEN_BYTES } from '../domain/token-size.ts';
import { type Attributes, newLocalUser, type User } from '../domain/user.ts';
import { matchesWildcard } from '../domain/wildcard.ts';
import type { Stores } from '../stores/index.ts';
import type { CatalogSnapshot, IssuerCatalog, LiveIssuer } from './issuer-catalog.ts';
import { compileDraft } from './issuer-draft.ts';
import { prosodyHostOf } from './prosody-host.ts';
import type { IssuerFields } from './save-issuer.ts';

export interface ExplainDeps {
  readonly stores: Pick<Stores, 'users'>;
  readonly catalog: Pick<IssuerCatalog, 'refresh'>;
  readonly clock: Clock;
  readonly random: Pick<Random, 'uuid'>;
}

/** A person there is, or one to try a rule with. */
export type Subject =
  | { readonly kind: 'known'; readonly name: string }
  | ({ readonly kind: 'made_up' } & MadeUp);

export interface MadeUp {
  readonly username: string;
  readonly displayName?: string | undefined;
  readonly email?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly attributes?: Attributes | undefined;
}

export interface ExplainInput {
  /** Slug. */
  readonly issuer: string;
  readonly subject: Subject;
  /** Its name, as people see it; empty where a client leads to none. */
  readonly room: string;
  /** Id of the OpenID client that asks. */
  readonly client?: string | undefined;
  readonly tenant?: string | undefined;
  /** Default: now. */
  readonly at?: Date | undefined;
  /** Default: not known, as behind a proxy that is not trusted. */
  readonly ip?: string | undefined;
  /** Default: has just signed in with a password. */
  readonly auth?: AuthFacts | undefined;
  /** Changes of the issuer that nobody has saved. */
  readonly draft?: IssuerFields | undefined;
  /** In place of the rules that count for the room, be they the issuer's or a policy's. */
  readonly tried?: TriedRules | undefined;
}

export interface TriedRules {
  readonly useRule?: string | undefined;
  readonly moderatorRule?: string | undefined;
}

/** Everybody who is made up has this id. */
export const MADE_UP_ID = '00000000-0000-4000-8000-000000000000';
export const JUST_SIGNED_IN: AuthFacts = { methods: ['pwd'], mfa: false, ageSeconds: 0 };

/**
 * @throws {DomainError} `issuer_not_found`, `client_not_found`, `user_not_found`, `room_missing`,
 *   `room_invalid`, `tenant_invalid`, `input_invalid` (the draft has mistakes).
 */
export async function explain(deps: ExplainDeps, input: ExplainInput): Promise<Explanation> {
  const asked = await readCase(deps, input);
  const stored = withDraft(findLive(await deps.catalog.refresh(), input.issuer), input.draft);
  const live = withDraft(stored, draftOf(stored, asked.room.canonical, input.tried));
  const { user, room, tenant, at: now, ip, auth } = asked;
  const facts = { user, room: room.canonical, tenant, now, auth, ip };
  const decision = explainDecision(live.compiled, facts);
  const { slug, name, algorithm } = live.issuer;
  const client = findClient(live, input.client);
  const isForJitsi = room !== NO_ROOM && client?.kind !== 'oidc';

  return {
    issuer: { slug, name, algorithm },
    asked,
    client,
    decision,
    token:
      decision.decision.outcome === 'allowed' && isForJitsi
        ? explainToken(live, asked, { decision: decision.decision, jti: deps.random.uuid() })
        : undefined,
  };
}

function withDraft(live: LiveIssuer, draft: IssuerFields | undefined): LiveIssuer {
  if (draft === undefined) return live;
  const compiled = compileDraft(live.compiled, draft);
  return { ...live, issuer: compiled.issuer, compiled };
}

/** Where the rules of this room stand, these in their place. */
function draftOf(
  { issuer }: LiveIssuer,
  room: string,
  { useRule, moderatorRule }: TriedRules = {},
): IssuerFields | undefined {
  if (useRule === undefined && moderatorRule === undefined) return undefined;
  const tried = {
    ...(useRule === undefined ? {} : { useRule }),
    ...(moderatorRule === undefined ? {} : { moderatorRule }),
  };
  const policy = issuer.rooms.findIndex(({ match }) => matchesWildcard(room, match));
  if (policy < 0) return tried;
  const { rooms = [] } = fromIssuer(issuer);
  return { rooms: rooms.map((one, index) => (index === policy ? { ...one, ...tried } : one)) };
}

export function findLive(snapshot: CatalogSnapshot, slug: string): LiveIssuer {
  const live = snapshot.bySlug.get(slug);
  if (!live) throw new DomainError('issuer_not_found', { slug });
  return live;
}

function findClient({ issuer }: LiveIssuer, clientId: string | undefined): Explanation['client'] {
  if (clientId === undefined) return undefined;
  const client = issuer.clients.find((one) => one.clientId === clientId);
  if (!client) throw new DomainError('client_not_found', { clientId });
  return client;
}

async function readCase(
  { stores, clock }: Pick<ExplainDeps, 'stores' | 'clock'>,
  { subject, room, client, tenant, at, ip, auth }: ExplainInput,
): Promise<Case> {
  const now = clock.now();
  return {
    room: room === '' && client !== undefined ? NO_ROOM : roomNamed(room),
    tenant: tenant === undefined ? undefined : canonicalTenant(tenant),
    user: await findSubject(stores, subject, now),
    madeUp: subject.kind === 'made_up',
    at: at ?? now,
    ip,
    auth: auth ?? JUST_SIGNED_IN,
  };
}

export async function findSubject(
  stores: Pick<Stores, 'users'>,
  subject: Subject,
  now: Date,
): Promise<User> {
  if (subject.kind === 'known') {
    const found = await stores.users.findByLoginName(subject.name);
    if (!found) throw new DomainError('user_not_found', { name: subject.name });
    return found.user;
  }
  const { username, displayName, email, groups = [], attributes = {} } = subject;
  return {
    ...newLocalUser({ id: MADE_UP_ID, username, createdAt: now }),
    displayName: displayName ?? username,
    email,
    groups,
    attributes,
  };
}

function explainToken(
  live: LiveIssuer,
  { user, room, tenant, at, ip, auth }: Case,
  { decision, jti }: { decision: Allowed; jti: string },
): TokenExplanation {
  const { compiled, signer } = live;
  if (!signer) return { outcome: 'impossible', code: 'signing_key_missing' };
  const made = attempt(() =>
    explainClaims({ issuer: compiled, user, decision, room, tenant, now: at, jti, auth, ip }),
  );
  if ('code' in made) return { outcome: 'impossible', code: made.code };

  const token = signer.unsigned(JSON.stringify(made.value.claims));
  const size = attempt(() => checkTokenSize(token, made.value.claims));
  return {
    outcome: 'built',
    made: made.value,
    bytes: token.length,
    maxBytes: MAX_TOKEN_BYTES,
    tooLargeBy: 'code' in size && size.code === 'token_too_large' ? size.details.claim : undefined,
    signingInput: token.slice(0, token.lastIndexOf('.')),
    prosody: verifyAsProsody({
      token,
      host: prosodyHostOf(live, ''),
      join: { room: room.safe, ...(tenant === undefined ? {} : { tenant }) },
      now: at,
      crypto: { ...prosodyCrypto, checkSignature: trustingSignature },
    }),
  };
}

/** Whether the key can be used is looked at; that the signature is good goes without saying. */
const trustingSignature: typeof prosodyCrypto.checkSignature = (input) =>
  prosodyCrypto.checkSignature(input) === 'unreadable_key' ? 'unreadable_key' : 'valid';

function attempt<T>(work: () => T) {
  try {
    return { value: work() };
  } catch (error) {
    if (isDomainError(error)) return error;
    throw error;
  }
}
