/**
 * Reads the environment once, at start-up.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { readBridgeEnvironment } from './bridge-environment.ts';
import type { Config } from './config.ts';
import { type Environment, environmentSchema } from './schema.ts';

/** Lists every wrong setting at once, so that an operator fixes them in one go. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** One sentence each, beginning with the name of the variable. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const lines = problems.map((problem) => `  ${problem}`).join('\n');
    super(`The settings of the environment are not right:\n${lines}`);
    this.problems = problems;
  }
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The environment of a bridge is read as well: what it says of the process stands for ours.
 *
 * Any setting may come from a file instead: `ROOMKEY_SECRET_FILE=/run/secrets/roomkey` stands for
 * `ROOMKEY_SECRET` (Docker and Kubernetes secrets). A variable that is empty is not set.
 *
 * @throws {ConfigError}
 */
export function loadConfig(variables: Variables): Config {
  const standing = readBridgeEnvironment(variables);
  const { values, problems } = readValues(standing?.variables ?? variables);
  const result = environmentSchema.safeParse(values);
  const nameOf = (name: string) => {
    const isOurs = variables[name] || variables[`${name}_FILE`];
    return isOurs ? name : (standing?.names[name] ?? name);
  };
  if (!result.success)
    problems.push(
      ...result.error.issues.map(({ path, message }) => `${nameOf(path.join('.'))} ${message}`),
    );

  // Rules between settings look at the values that are right by themselves.
  problems.push(...checkTogether(variables, result.data), ...(standing?.problems ?? []));
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return { ...toConfig(result.data), bridge: standing?.bridge };
}

function readValues(variables: Variables) {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of Object.keys(environmentSchema.shape)) {
    const value = variables[name];
    const file = variables[`${name}_FILE`];
    if (value && file) problems.push(`${name} and ${name}_FILE are both set: keep one of them`);
    if (value) values[name] = value.trim();
    else if (file)
      try {
        const content = readFileSync(file, 'utf8').trim();
        if (content === '') problems.push(`${name}_FILE names an empty file: ${file}`);
        else values[name] = content;
      } catch (cause) {
        problems.push(`${name}_FILE cannot be read: ${reason(cause)}`);
      }
  }
  return { values, problems };
}

function checkTogether(variables: Variables, settings: Environment | undefined): string[] {
  const problems: string[] = [];
  // What was named counts as given: that its file cannot be read was told already.
  const isGiven = (name: string) => Boolean(variables[name] || variables[`${name}_FILE`]);
  if (isGiven('DATABASE_URL') && !isGiven('ROOMKEY_SECRET'))
    problems.push(
      'ROOMKEY_SECRET is required with DATABASE_URL: every process needs the same one; make it with: openssl rand -hex 32',
    );
  if (settings && settings.SESSION_IDLE_SECONDS > settings.SESSION_MAX_SECONDS)
    problems.push('SESSION_IDLE_SECONDS must not be more than SESSION_MAX_SECONDS');
  for (const [name, other] of [
    ['SMTP_URL', 'MAIL_FROM'],
    ['MAIL_FROM', 'SMTP_URL'],
  ] as const)
    if (isGiven(name) && !isGiven(other))
      problems.push(`${other} is required with ${name}: without both no mail is sent`);
  return problems;
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function toConfig(settings: Environment): Omit<Config, 'bridge'> {
  return {
    publicUrl: settings.PUBLIC_URL,
    port: settings.PORT,
    host: settings.HOST,
    trustedProxies: settings.TRUSTED_PROXIES,
    allowLoopback: settings.ALLOW_LOOPBACK,
    databaseUrl: settings.DATABASE_URL,
    databasePoolMax: settings.DATABASE_POOL_MAX,
    dataDir: resolve(settings.DATA_DIR),
    secrets: settings.ROOMKEY_SECRET,
    auditRetentionDays: settings.AUDIT_RETENTION_DAYS,
    session: {
      idleSeconds: settings.SESSION_IDLE_SECONDS,
      maxSeconds: settings.SESSION_MAX_SECONDS,
      rememberSeconds: settings.SESSION_REMEMBER_SECONDS,
    },
    loginLimits: {
      waitsSeconds: settings.LOGIN_WAITS_SECONDS,
      accountHourFailures: settings.LOGIN_ACCOUNT_HOUR_FAILURES,
      accountDayFailures: settings.LOGIN_ACCOUNT_DAY_FAILURES,
      addressFailures: settings.LOGIN_ADDRESS_FAILURES,
      addressWindowSeconds: settings.LOGIN_ADDRESS_WINDOW_SECONDS,
      addressNames: settings.LOGIN_ADDRESS_NAMES,
      stuffingWaitSeconds: settings.LOGIN_STUFFING_WAIT_SECONDS,
      stuffingHoldSeconds: settings.LOGIN_STUFFING_HOLD_SECONDS,
      sharedNetworks: settings.SHARED_NETWORKS,
    },
    hashing: {
      concurrency: settings.HASHING_CONCURRENCY ?? availableParallelism(),
      queueMax: settings.HASHING_QUEUE_MAX,
    },
    mail:
      settings.SMTP_URL !== undefined && settings.MAIL_FROM !== undefined
        ? { url: settings.SMTP_URL, from: settings.MAIL_FROM }
        : undefined,
    logLevel: settings.LOG_LEVEL,
  };
}
