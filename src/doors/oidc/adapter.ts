/**
 * oidc-provider's storage: our stores. It has no sessions of its own: what it takes for one is made
 * of the portal's, for each request.
 *
 * @module
 */
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { type ArtifactPlace, tokenHash } from '../../crypto/digest.ts';
import type { Session } from '../../domain/session.ts';
import type { User } from '../../domain/user.ts';
import { findSignedIn } from '../../http/session.ts';
import type { FoundArtifact } from '../../stores/oidc-artifacts.ts';
import { readAccessToken } from './access-tokens.ts';
import { grantFound, holdFound, holdGrant, takeGrant } from './held.ts';
import { toMetadata } from './client-metadata.ts';
import { errors, Provider } from './library.ts';
import { findClient, type OidcDeps, type Realm } from './realm.ts';

/** A browser that lost the answer, or asked twice, is no thief. */
const REFRESH_GRACE_SECONDS = 10;

/** Of the cookie that stands for the portal's own; it never leaves the process. */
export const PORTAL_SESSION = 'portal';

type Store = Pick<OidcDeps, 'stores' | 'clock'>;

export function adapterFor(deps: Store, realm: Realm): (kind: string) => Adapter {
  return (kind) => {
    if (kind === 'Session') return sessionAdapter(deps);
    if (kind === 'Client') return { ...NOTHING, find: async (id) => findMetadata(deps, realm, id) };
    return artifactAdapter(deps, realm, kind);
  };
}

const NOTHING: Adapter = {
  async upsert() {},
  async find() {},
  async findByUid() {},
  async findByUserCode() {},
  async consume() {},
  async destroy() {},
  async revokeByGrantId() {},
};

function findMetadata({ clock }: Store, realm: Realm, id: string): AdapterPayload | undefined {
  const client = findClient(realm, id);
  const secret = client && secretFor(realm, client.clientId, clock.now());
  return client && toMetadata(client, secret);
}

/** The client's secret; the one before, for a while, when it is that which was sent. */
function secretFor({ live }: Realm, clientId: string, now: Date): string | undefined {
  const secrets = live.realm.secrets.get(clientId);
  const former = secrets?.former;
  if (!former || former.until <= now) return secrets?.secret;
  const sent = sentSecret();
  return sent !== undefined && isSame(sent, former.secret) ? former.secret : secrets.secret;
}

function isSame(one: string, other: string): boolean {
  return timingSafeEqual(tokenHash(one), tokenHash(other));
}

/** Basic holds both parts percent-encoded (RFC 6749, section 2.3.1). */
function sentSecret(): string | undefined {
  const ctx = Provider.ctx;
  const basic = /^basic ([\w+/=]+)$/i.exec(ctx?.get('Authorization') ?? '')?.[1];
  if (basic === undefined) return readText(ctx?.oidc.params?.client_secret);
  const pair = Buffer.from(basic, 'base64').toString('utf8');
  const encoded = pair.slice(pair.indexOf(':') + 1).replaceAll('+', '%20');
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

const readText = (value: unknown) => (typeof value === 'string' ? value : undefined);

function sessionAdapter({ stores, clock }: Store): Adapter {
  return {
    ...NOTHING,
    async find() {
      const signedIn = Provider.ctx && findSignedIn(Provider.ctx);
      return signedIn && toPayload(signedIn);
    },
    async findByUid(uid) {
      const live = await stores.sessions.findAliveById(uid, clock.now());
      return live && toPayload(live);
    },
  };
}

function toPayload({ session, user }: { session: Session; user: User }): AdapterPayload {
  return {
    kind: 'Session',
    jti: PORTAL_SESSION,
    uid: session.id,
    accountId: user.id,
    loginTs: seconds(session.authenticatedAt),
    // RFC 8176 knows no name for the link that set this server up.
    amr: session.methods.filter((method) => method !== 'setup'),
    acr: ACR,
    iat: seconds(session.createdAt),
    exp: seconds(session.expiresAt),
  };
}

/** How sure we are of who it is: one factor. */
export const ACR = '1';

const seconds = (date: Date) => Math.floor(date.getTime() / 1000);

function artifactAdapter({ stores, clock }: Store, realm: Realm, kind: string): Adapter {
  const { oidcArtifacts } = stores;
  const issuerId = realm.live.issuer.id;
  const placeOf = (id: string): ArtifactPlace => ({ issuerId, kind, id });
  const graceSeconds = kind === 'RefreshToken' ? REFRESH_GRACE_SECONDS : 0;
  const useNow = () => ({ now: clock.now(), graceSeconds });

  const find = async (id: string): Promise<FoundArtifact | undefined> => {
    if (kind !== 'AccessToken') return oidcArtifacts.find(placeOf(id), useNow());
    const token = readAccessToken(realm, id);
    return token && oidcArtifacts.findNamed(token.name, useNow());
  };

  /** A token was found together with its grant. */
  const findGrant = async (id: string) => {
    const known = grantFound(Provider.ctx, id);
    const payload = known ?? (await oidcArtifacts.find(placeOf(id), useNow()))?.payload;
    return payload && withinScopes(realm, payload);
  };

  const toArtifact = (id: string, payload: AdapterPayload, expiresIn = DEFAULT_SECONDS) => ({
    ...placeOf(id),
    payload,
    clientId: payload.clientId,
    grantId: payload.grantId,
    sessionId: payload.sessionUid,
    parentId: kind === 'RefreshToken' ? rotatedToken() : undefined,
    expiresAt: new Date(clock.now().getTime() + expiresIn * 1000),
  });

  return {
    ...NOTHING,
    async upsert(id, payload, expiresIn) {
      if (kind === 'AccessToken' && isJitsi(realm, payload)) return;
      const artifact = toArtifact(id, payload, expiresIn);
      if (kind === 'Grant') return holdGrant(Provider.ctx, artifact);
      if (kind !== 'ReplayDetection')
        return oidcArtifacts.put(...takeGrant(Provider.ctx, artifact.grantId), artifact);
      if (!(await oidcArtifacts.addOnce(artifact)))
        throw new errors.InvalidClient('client assertion was used before');
    },

    async find(id) {
      if (kind === 'Grant') return findGrant(id);
      const found = await find(id);
      if (!found) return undefined;
      holdFound(Provider.ctx, found);
      return { ...found.payload, ...(found.used ? { consumed: seconds(clock.now()) } : {}) };
    },

    async consume(id) {
      if (await oidcArtifacts.use(placeOf(id), useNow())) return;
      if (kind === 'PushedAuthorizationRequest')
        throw new errors.InvalidRequestUri('request_uri was already used');
      throw new errors.InvalidGrant('already used');
    },

    destroy: (id) => oidcArtifacts.remove(placeOf(id)),
    revokeByGrantId: (grantId) => oidcArtifacts.removeFamily(issuerId, grantId),
  };
}

/** What a Jitsi client gets in its place is checked by Prosody, and by nobody here. */
function isJitsi(realm: Realm, { clientId }: AdapterPayload): boolean {
  return clientId !== undefined && findClient(realm, clientId)?.kind === 'jitsi';
}

const scopedGrant = z.looseObject({
  clientId: z.string(),
  openid: z.looseObject({ scope: z.string() }),
});

/** A grant without what its client may not ask for any more: the library holds all it gives against it. */
function withinScopes(realm: Realm, grant: AdapterPayload): AdapterPayload {
  const read = scopedGrant.safeParse(grant);
  if (!read.success) return grant;
  const { clientId, openid } = read.data;
  const allowed: readonly string[] = findClient(realm, clientId)?.scopes ?? [];
  const scope = openid.scope.split(' ').filter((one) => allowed.includes(one));
  return { ...grant, openid: { ...openid, scope: scope.join(' ') } };
}

const DEFAULT_SECONDS = 600;

function rotatedToken(): string | undefined {
  const rotated = Provider.ctx?.oidc.entities.RotatedRefreshToken;
  return rotated?.jti;
}
