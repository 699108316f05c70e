/**
 * Where people reach Roomkey, how it looks, and who signs in with a password of ours.
 *
 * @module
 */
import { diffOf } from '../domain/audit-diff.ts';
import {
  BRANDING_SETTING,
  type Branding,
  brandingSchema,
  DEFAULT_BRANDING,
  readBranding,
} from '../domain/branding.ts';
import type { Clock } from '../domain/clock.ts';
import { DomainError, type InputIssue } from '../domain/errors.ts';
import { faultText } from '../domain/faults.ts';
import { checkExpected, type Expectation } from '../domain/expectation.ts';
import { readSignIn, SIGN_IN_SETTING, type SignInSetting } from '../domain/sign-in-setting.ts';
import { webOrigin } from '../domain/web-address.ts';
import type { Stores, StoresInTransaction } from '../stores/index.ts';
import type { Actor } from './actor.ts';

export const PUBLIC_URL_SETTING = 'public_url';

/** `default` for what nobody set; the environment wins over what is stored. */
export type SettingSource = 'environment' | 'stored' | 'default';

export interface Settings {
  readonly publicUrl: { readonly value: string; readonly source: SettingSource };
  readonly branding: Branding & { readonly source: Exclude<SettingSource, 'environment'> };
  readonly signIn: SignInSetting & { readonly source: Exclude<SettingSource, 'environment'> };
}

/** What the environment says of settings, and what holds when nobody says anything. */
export interface SettingsGround {
  readonly fixedPublicUrl: URL | undefined;
  readonly publicUrl: () => URL;
}

export interface SettingsDeps extends SettingsGround {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
}

/** @param stored All settings, as the catalog or the store has them. */
export function readSettings(
  { fixedPublicUrl, publicUrl }: SettingsGround,
  stored: ReadonlyMap<string, unknown>,
): Settings {
  const own = stored.get(PUBLIC_URL_SETTING);
  const value = typeof own === 'string' ? own : publicUrl().origin;
  const source = typeof own === 'string' ? 'stored' : 'default';
  const branding = stored.get(BRANDING_SETTING);
  const signIn = stored.get(SIGN_IN_SETTING);
  return {
    publicUrl: fixedPublicUrl
      ? { value: fixedPublicUrl.origin, source: 'environment' }
      : { value, source },
    branding: {
      ...readBranding(branding),
      source: branding === undefined ? 'default' : 'stored',
    },
    signIn: {
      ...readSignIn(signIn),
      source: signIn === undefined ? 'default' : 'stored',
    },
  };
}

/** What is shown, compared and sent back; `null` is nothing. */
export function representSettings({ publicUrl, branding, signIn }: Settings) {
  const { name, color, logoUrl = null, source } = branding;
  return { publicUrl, branding: { name, color, logoUrl, source }, signIn };
}

export interface ChangeSettingsInput {
  /** As typed: `auth.example.org` is taken for https. */
  readonly publicUrl?: string | undefined;
  /** What is named is set; `logoUrl: null` takes the logo away. */
  readonly branding?: BrandingChange | undefined;
  readonly signIn?: { readonly local?: SignInSetting['local'] | undefined } | undefined;
  readonly expected?: Expectation<Settings> | undefined;
  readonly actor: Actor;
}

export interface BrandingChange {
  readonly name?: string | undefined;
  readonly color?: string | undefined;
  readonly logoUrl?: string | null | undefined;
}

/** @throws {DomainError} `input_invalid`, `setting_fixed`, `changed_meanwhile`. */
export async function changeSettings(
  deps: SettingsDeps,
  input: ChangeSettingsInput,
): Promise<Settings> {
  const { stores, clock } = deps;
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const now = clock.now();
    const before = readSettings(deps, await tx.settings.all());
    checkExpected(input.expected, before);

    const origin = checkPublicUrl(deps, input.publicUrl);
    if (origin !== undefined && origin !== before.publicUrl.value) {
      await tx.settings.set(PUBLIC_URL_SETTING, origin, now);
      const diff = diffOf({ publicUrl: before.publicUrl.value }, { publicUrl: origin });
      await writeDown(tx, { name: PUBLIC_URL_SETTING, diff, now, actor: input.actor });
    }

    const { source: _source, ...look } = before.branding;
    const wanted = checkBranding(look, input.branding);
    const diff = diffOf(look, wanted);
    if (Object.keys({ ...diff.before, ...diff.after }).length > 0) {
      await tx.settings.set(BRANDING_SETTING, wanted, now);
      await writeDown(tx, { name: BRANDING_SETTING, diff, now, actor: input.actor });
    }

    const signIn = { local: input.signIn?.local ?? before.signIn.local };
    if (signIn.local !== before.signIn.local) {
      await checkSignIn(tx, signIn);
      await tx.settings.set(SIGN_IN_SETTING, signIn, now);
      const diff = diffOf({ local: before.signIn.local }, signIn);
      await writeDown(tx, { name: SIGN_IN_SETTING, diff, now, actor: input.actor });
    }
    return readSettings(deps, await tx.settings.all());
  });
}

/** What a form holds, before it is saved: for a look at it. */
export function previewBranding(
  before: Branding,
  change: BrandingChange,
): { readonly branding: Branding; readonly issues: readonly InputIssue[] } {
  const { logoUrl = before.logoUrl, ...rest } = change;
  const given = { ...before, ...withoutAbsent(rest), logoUrl: logoUrl ?? undefined };
  const result = brandingSchema.safeParse(given);
  if (result.success) return { branding: withoutAbsent(result.data), issues: [] };
  const issues = result.error.issues.map(({ path, message }) => ({
    path: `branding.${path.join('.')}`,
    message,
  }));
  const wrong = new Set(result.error.issues.map(({ path }) => path[0]));
  const right = Object.entries(given).filter(([key]) => !wrong.has(key));
  const shown = brandingSchema.parse({ ...DEFAULT_BRANDING, ...Object.fromEntries(right) });
  return { branding: shown, issues };
}

function checkBranding(before: Branding, change: BrandingChange = {}): Branding {
  const { branding, issues } = previewBranding(before, change);
  if (issues.length > 0) throw new DomainError('input_invalid', { issues });
  return branding;
}

/** Nobody shall shut everybody out: those without a role need a directory to come from. */
async function checkSignIn(
  tx: Pick<StoresInTransaction, 'upstreams'>,
  { local }: SignInSetting,
): Promise<void> {
  if (local === 'everyone') return;
  const upstreams = await tx.upstreams.list();
  if (upstreams.some(({ disabled }) => !disabled)) return;
  const message = faultText('local_needs_upstream');
  throw new DomainError('input_invalid', { issues: [{ path: 'signIn.local', message }] });
}

function checkPublicUrl(
  { fixedPublicUrl }: SettingsGround,
  typed: string | undefined,
): string | undefined {
  if (typed === undefined) return undefined;
  const origin = webOrigin(typed)?.origin;
  if (origin === undefined) {
    const message = 'must be an address such as https://auth.example.org';
    throw new DomainError('input_invalid', { issues: [{ path: 'publicUrl', message }] });
  }
  if (fixedPublicUrl && fixedPublicUrl.origin !== origin)
    throw new DomainError('setting_fixed', { variable: 'PUBLIC_URL' });
  return fixedPublicUrl ? undefined : origin;
}

function withoutAbsent<Thing extends object>(thing: Thing): Thing {
  const present = Object.entries(thing).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as Thing;
}

interface Written {
  readonly name: string;
  readonly diff: ReturnType<typeof diffOf>;
  readonly now: Date;
  readonly actor: Actor;
}

async function writeDown(
  tx: Pick<StoresInTransaction, 'auditEvents' | 'catalogVersion'>,
  { name, diff, now, actor }: Written,
): Promise<void> {
  await tx.catalogVersion.bump();
  await tx.auditEvents.add({
    at: now,
    type: 'settings.updated',
    ...actor,
    targetType: 'settings',
    targetName: name,
    details: { ...diff },
  });
}
