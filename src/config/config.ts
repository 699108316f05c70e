import type { LoginLimits } from '../domain/login-limits.ts';
import type { SessionLifetimes } from '../domain/session.ts';
import type { BridgeEnvironment } from './bridge-environment.ts';
import type { Environment } from './schema.ts';

/** How this process runs. Names of environment variables stop here. */
export interface Config {
  /** The environment's own; without one, setup may have stored another. */
  readonly publicUrl: URL | undefined;
  readonly port: number;
  readonly host: string;
  /** CIDRs or single addresses. */
  readonly trustedProxies: readonly string[];
  readonly allowLoopback: boolean;
  /** `undefined` means the embedded database in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly databasePoolMax: number;
  /** Absolute path. */
  readonly dataDir: string;
  /** 32 bytes each; the first seals. `undefined` means the generated one: see `masterKeys`. */
  readonly secrets: readonly Buffer[] | undefined;
  /** `undefined` leaves it to a setting of the administration. */
  readonly auditRetentionDays: number | undefined;
  readonly session: SessionLifetimes;
  readonly loginLimits: LoginLimits;
  readonly hashing: HashingSettings;
  /** `undefined`: no mail is sent. */
  readonly mail: { readonly url: string; readonly from: string } | undefined;
  readonly logLevel: Environment['LOG_LEVEL'];
  /** The settings of a bridge that Roomkey stands in for. */
  readonly bridge: BridgeEnvironment | undefined;
}

export interface HashingSettings {
  /** Hashes at once. */
  readonly concurrency: number;
  /** Hashes that may wait. */
  readonly queueMax: number;
}
