import type { AuditEvent } from '../domain/audit-event.ts';
import { buildJitsiClaims, type JitsiClaims } from '../domain/claims.ts';
import type { Clock, Random } from '../domain/clock.ts';
import { type Allowed, type Decision, decide } from '../domain/decide.ts';
import { DomainError } from '../domain/errors.ts';
import type { Room } from '../domain/room.ts';
import { type AuthFacts, authFacts, type Proof } from '../domain/rules/facts.ts';
import { checkTokenSize } from '../domain/token-size.ts';
import type { User } from '../domain/user.ts';
import type { Stores } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import type { LiveIssuer } from './issuer-catalog.ts';

export interface IssueJitsiTokenDeps {
  readonly stores: Pick<Stores, 'auditEvents'>;
  readonly clock: Clock;
  readonly random: Random;
}

export interface IssueJitsiTokenInput {
  readonly live: LiveIssuer;
  readonly user: User;
  readonly session: Proof;
  readonly room: Room;
  readonly tenant: string | undefined;
  /** `undefined` when the address cannot be believed. */
  readonly ip: string | undefined;
  readonly requestId: string | undefined;
  /** Who asked for it, when that is not the person themselves. */
  readonly onBehalf?: OnBehalf;
  /** The OIDC client it is for. */
  readonly clientId?: string;
}

export interface OnBehalf {
  readonly by: Actor;
  /** Why: an administrator who had the decision explained. */
  readonly explained?: true;
}

export interface IssuedJitsiToken {
  /** Compact JWS. */
  readonly token: string;
  readonly claims: JitsiClaims;
  readonly decision: Allowed;
}

/**
 * Lets a person into a room: decides, maps, builds the claims, signs, and writes it down before
 * the token leaves.
 *
 * Every way to a Jitsi token comes here, so that no door is more generous than another.
 *
 * @throws {DomainError} `access_denied`, `signing_key_missing`, `token_too_large`,
 *   `issuer_without_server` (with `sub: tenant` and nothing to put there).
 */
export async function issueJitsiToken(
  { stores, clock, random }: IssueJitsiTokenDeps,
  input: IssueJitsiTokenInput,
): Promise<IssuedJitsiToken> {
  const { live, user, session, room, tenant, ip } = input;
  const { issuer, compiled, signer } = live;
  const now = clock.now();
  const auth = authFacts(session, now);
  const { decision, record } = await admit({ stores }, input, now);
  if (!signer) throw new DomainError('signing_key_missing', { slug: issuer.slug });

  const jti = random.uuid();
  const claims = buildJitsiClaims({
    issuer: compiled,
    user,
    decision,
    room,
    tenant,
    now,
    jti,
    auth,
    ip,
  });
  const token = await signer.sign(JSON.stringify(claims));
  checkTokenSize(token, claims);

  await record({ role: decision.role, kid: signer.kid, jti, exp: claims.exp });
  return { token, claims, decision };
}

export interface Admission {
  readonly decision: Allowed;
  /** Writes down that a token was made. */
  readonly record: (token: RecordedToken) => Promise<void>;
}

export interface RecordedToken {
  readonly role?: string;
  readonly kid: string | undefined;
  readonly jti: string;
  /** NumericDate. */
  readonly exp: number;
}

/**
 * Asks the rules, and writes a refusal down.
 *
 * @throws {DomainError} `access_denied`.
 */
export async function admit(
  { stores }: Pick<IssueJitsiTokenDeps, 'stores'>,
  input: IssueJitsiTokenInput,
  now: Date,
): Promise<Admission> {
  const { live, user, session, room, tenant, ip } = input;
  const auth = authFacts(session, now);
  const decision = decide(live.compiled, { user, room: room.canonical, tenant, now, auth, ip });
  const entry = { ...describe(input, decision), at: now };
  const details = circumstances(input, auth);
  if (decision.outcome === 'denied') {
    const why = whyNot(decision, details);
    await stores.auditEvents.add({ ...entry, type: 'token.denied', ...why });
    throw new DomainError('access_denied', {
      reason: decision.reason,
      issuerName: live.issuer.name,
      room: room.canonical,
      rule: decision.rule,
    });
  }
  return {
    decision,
    record: ({ exp, ...token }) =>
      stores.auditEvents.add({
        ...entry,
        ...token,
        type: 'token.issued',
        details: { exp, ...details },
      }),
  };
}

function describe(
  input: IssueJitsiTokenInput,
  decision: Decision,
): Omit<AuditEvent, 'type' | 'at'> {
  const { live, user, room, ip, requestId, onBehalf } = input;
  const { actorId, actorName } = onBehalf?.by ?? { actorId: user.id, actorName: user.username };
  const { id, slug } = live.issuer;
  const target = onBehalf
    ? { targetType: 'user', targetId: user.id, targetName: user.username }
    : { targetType: 'issuer', targetId: id, targetName: slug };
  return {
    actorId,
    actorName,
    ...target,
    issuerId: id,
    room: room.canonical === '' ? undefined : room.canonical,
    rule: decision.rule,
    ip,
    requestId,
  };
}

/** What rules can read and no column holds, so that the case can be looked at again. */
function circumstances(
  { tenant, onBehalf, clientId }: IssueJitsiTokenInput,
  auth: AuthFacts,
): Readonly<Record<string, unknown>> {
  return {
    auth,
    ...(tenant === undefined ? {} : { tenant }),
    ...(onBehalf && { onBehalf: true }),
    ...(onBehalf?.explained && { explained: true }),
    ...(clientId === undefined ? {} : { clientId }),
  };
}

/** Which rules were asked and how each came out: what the operator needs at two in the morning. */
function whyNot(
  decision: Decision & { outcome: 'denied' },
  details: Readonly<Record<string, unknown>>,
): Pick<AuditEvent, 'reason' | 'details'> {
  const trace = decision.trace.map(({ rule, outcome, code, message }) => ({
    rule,
    outcome,
    code,
    message,
  }));
  const stopped = decision.stop && { stop: decision.stop.id };
  return { reason: decision.reason, details: { trace, ...stopped, ...details } };
}
