/**
 * All that is remembered. `transaction` gives the same stores over one transaction.
 *
 * @module
 */
import type { Knex } from 'knex';
import type { SecretBox } from '../crypto/secret-box.ts';
import { type ApiKeyStore, createApiKeyStore } from './api-keys.ts';
import { type AuditEventStore, createAuditEventStore } from './audit-events.ts';
import { type AvatarStore, createAvatarStore } from './avatars.ts';
import { type BinStore, createBinStore } from './bin.ts';
import { type AuditHourStore, createAuditHourStore } from './audit-hours.ts';
import { type CatalogVersionStore, createCatalogVersionStore } from './catalog-version.ts';
import { type ClientStore, createClientStore } from './clients.ts';
import { createGroupStore, type GroupStore } from './groups.ts';
import { createIdentityStore, type IdentityStore } from './identities.ts';
import { createImportStore, type ImportStore } from './imports.ts';
import { createIssuerStore, type IssuerStore } from './issuers.ts';
import { createKnownDeviceStore, type KnownDeviceStore } from './known-devices.ts';
import { createLoginCounterStore, type LoginCounterStore } from './login-counters.ts';
import type { Sql } from './rows.ts';
import { createRuleSubjectStore, type RuleSubjectStore } from './rule-subjects.ts';
import { createOidcArtifactStore, type OidcArtifactStore } from './oidc-artifacts.ts';
import { createOidcConsentStore, type OidcConsentStore } from './oidc-consents.ts';
import { createOidcLoginStore, type OidcLoginStore } from './oidc-logins.ts';
import { createPasswordLinkStore, type PasswordLinkStore } from './password-links.ts';
import { createSealedSecretStore, type SealedSecretStore } from './sealed-secrets.ts';
import { createSessionStore, type SessionStore } from './sessions.ts';
import { createSettingStore, type SettingStore } from './settings.ts';
import { createSetupLinkStore, type SetupLinkStore } from './setup-links.ts';
import { createSignInStore, type SignInStore } from './sign-ins.ts';
import { createSigningKeyStore, type SigningKeyStore } from './signing-keys.ts';
import { createTokenStopStore, type TokenStopStore } from './token-stops.ts';
import { createUpstreamSyncStore, type UpstreamSyncStore } from './upstream-syncs.ts';
import { createUpstreamLoginStore, type UpstreamLoginStore } from './upstream-logins.ts';
import { createUpstreamSessionStore, type UpstreamSessionStore } from './upstream-sessions.ts';
import { createUpstreamTrialStore, type UpstreamTrialStore } from './upstream-trials.ts';
import { createUpstreamStore, type UpstreamStore } from './upstreams.ts';
import { createUserStore, type UserStore } from './users.ts';

export interface StoresInTransaction {
  readonly apiKeys: ApiKeyStore;
  readonly auditEvents: AuditEventStore;
  readonly auditHours: AuditHourStore;
  readonly avatars: AvatarStore;
  readonly bin: BinStore;
  readonly catalogVersion: CatalogVersionStore;
  readonly clients: ClientStore;
  readonly groups: GroupStore;
  readonly identities: IdentityStore;
  readonly imports: ImportStore;
  readonly issuers: IssuerStore;
  readonly knownDevices: KnownDeviceStore;
  readonly loginCounters: LoginCounterStore;
  readonly oidcArtifacts: OidcArtifactStore;
  readonly oidcConsents: OidcConsentStore;
  readonly oidcLogins: OidcLoginStore;
  readonly ruleSubjects: RuleSubjectStore;
  readonly passwordLinks: PasswordLinkStore;
  readonly sealedSecrets: SealedSecretStore;
  readonly sessions: SessionStore;
  readonly settings: SettingStore;
  readonly setupLinks: SetupLinkStore;
  readonly signIns: SignInStore;
  readonly signingKeys: SigningKeyStore;
  readonly tokenStops: TokenStopStore;
  readonly upstreamSyncs: UpstreamSyncStore;
  readonly upstreamLogins: UpstreamLoginStore;
  readonly upstreamSessions: UpstreamSessionStore;
  readonly upstreamTrials: UpstreamTrialStore;
  readonly upstreams: UpstreamStore;
  readonly users: UserStore;
  /** Holds a lock, named by a number of our own, until the transaction ends. */
  lock(name: LockName): Promise<void>;
}

export interface Stores extends StoresInTransaction {
  /** Commits what `work` wrote, or nothing of it when it throws. Never await the network in it. */
  transaction<T>(work: (stores: StoresInTransaction) => Promise<T>): Promise<T>;
}

const LOCKS = { setup: 727_002, apply: 727_003 } as const;
export type LockName = keyof typeof LOCKS;

/** The part of a database that stores need. */
interface StoreDatabase {
  readonly knex: Knex;
  readonly kind: 'postgres' | 'embedded';
}

export function createStores({ knex, kind }: StoreDatabase, secretBox: SecretBox): Stores {
  // The embedded engine is one backend: its named statements would collide between connections.
  const traits = { prepared: kind === 'postgres' };
  return {
    ...over(knex, secretBox, traits),
    transaction: (work) => knex.transaction((trx) => work(over(trx, secretBox, traits))),
  };
}

function over(sql: Sql, secretBox: SecretBox, traits: { prepared: boolean }): StoresInTransaction {
  return {
    apiKeys: createApiKeyStore(sql, traits),
    auditEvents: createAuditEventStore(sql, traits),
    auditHours: createAuditHourStore(sql),
    avatars: createAvatarStore(sql),
    bin: createBinStore(sql),
    catalogVersion: createCatalogVersionStore(sql, traits),
    clients: createClientStore(sql, secretBox),
    groups: createGroupStore(sql),
    identities: createIdentityStore(sql),
    imports: createImportStore(sql),
    issuers: createIssuerStore(sql, secretBox),
    knownDevices: createKnownDeviceStore(sql),
    loginCounters: createLoginCounterStore(sql, traits),
    oidcArtifacts: createOidcArtifactStore(sql, secretBox, traits),
    oidcConsents: createOidcConsentStore(sql),
    oidcLogins: createOidcLoginStore(sql),
    ruleSubjects: createRuleSubjectStore(sql),
    passwordLinks: createPasswordLinkStore(sql),
    sealedSecrets: createSealedSecretStore(sql, secretBox),
    sessions: createSessionStore(sql, traits),
    settings: createSettingStore(sql),
    setupLinks: createSetupLinkStore(sql),
    signIns: createSignInStore(sql, traits),
    signingKeys: createSigningKeyStore(sql, secretBox),
    tokenStops: createTokenStopStore(sql),
    upstreamSyncs: createUpstreamSyncStore(sql),
    upstreamLogins: createUpstreamLoginStore(sql, secretBox),
    upstreamSessions: createUpstreamSessionStore(sql, secretBox),
    upstreamTrials: createUpstreamTrialStore(sql),
    upstreams: createUpstreamStore(sql, secretBox),
    users: createUserStore(sql, traits),
    async lock(name) {
      await sql.raw('select pg_advisory_xact_lock(?)', [LOCKS[name]]);
    },
  };
}
