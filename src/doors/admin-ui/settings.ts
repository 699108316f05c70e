/**
 * Where people reach Roomkey, how it looks, and who signs in with a password of ours:
 *
 *     GET  /admin/settings
 *     POST /admin/settings/public-url
 *     POST /admin/settings/branding
 *     POST /admin/settings/sign-in
 *     POST /admin/settings/preview          the same page, with the look that was typed
 *     GET  /admin/settings/preview.css      a colour for the two small pages of the preview
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import type { Branding } from '../../domain/branding.ts';
import type { FetchOutside } from '../../domain/fetched.ts';
import { LOCAL_SIGN_INS, type SignInSetting } from '../../domain/sign-in-setting.ts';
import { webOrigin } from '../../domain/web-address.ts';
import { actorOf } from '../../http/actor.ts';
import { asCurl } from '../../http/as-curl.ts';
import { judgeColor, previewStylesheet } from '../../http/brand-colors.ts';
import { logoOrigin } from '../../http/branding.ts';
import { writeConfig } from '../../http/config-text.ts';
import { etagOf, expecting } from '../../http/etag.ts';
import type { Forms } from '../../http/form.ts';
import type { SettingsPages } from '../../http/page-contexts/settings.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { readQuery } from '../../http/query.ts';
import { seeOther } from '../../http/see-other.ts';
import { may } from '../../http/session.ts';
import {
  type BrandingChange,
  changeSettings,
  previewBranding,
  readSettings,
  representSettings,
  type SettingsDeps,
} from '../../operations/settings.ts';
import type { Stores } from '../../stores/index.ts';
import { etag } from './issuer-form.ts';
import { attempt } from './issuer-page.ts';
import { type AdminRoute, freshPost, get, post } from './route.ts';

export interface SettingsPageDeps extends SettingsDeps {
  readonly stores: Pick<Stores, 'settings' | 'transaction'>;
  readonly forms: Forms;
  readonly pages: Pages;
  readonly fetchOutside: FetchOutside;
}

const text = z.string().max(20_000).default('');
const urlBody = z.strictObject({ publicUrl: text, confirmed: text, etag });
const brandingBody = z.strictObject({ name: text, color: text, logoUrl: text, etag });
const signInBody = z.strictObject({ local: z.enum(LOCAL_SIGN_INS), etag });
const colorQuery = z.strictObject({ color: z.string().regex(/^#[0-9a-fA-F]{6}$/) });

export function settingsRoutes(deps: SettingsPageDeps): readonly AdminRoute[] {
  const at = '/admin/settings';
  return [
    get(at, 'settings:read', showSettings(deps)),
    get(`${at}/preview.css`, 'settings:read', showPreviewColors()),
    freshPost(`${at}/public-url`, 'settings:write', submitPublicUrl(deps)),
    freshPost(`${at}/branding`, 'settings:write', submitBranding(deps)),
    freshPost(`${at}/sign-in`, 'settings:write', submitSignIn(deps)),
    post(`${at}/preview`, 'settings:write', submitPreview(deps)),
  ];
}

function showSettings(deps: SettingsPageDeps): Middleware {
  return async (ctx) => show(ctx, deps, {});
}

function showPreviewColors(): Middleware {
  return (ctx) => {
    const { color } = readQuery(ctx, colorQuery);
    ctx.type = 'css';
    ctx.body = previewStylesheet(color);
  };
}

/** An address that does not answer would lock everybody out: it takes a second word. */
function submitPublicUrl(deps: SettingsPageDeps): Middleware {
  return async (ctx) => {
    const { publicUrl, confirmed, etag: tag } = parse(urlBody, await deps.forms.read(ctx), 'body');
    const before = readSettings(deps, await deps.stores.settings.all()).publicUrl.value;
    const origin = webOrigin(publicUrl)?.origin;
    if (origin !== undefined && origin !== before && confirmed !== origin) {
      const reason = await whyNotThere(deps, origin);
      const problem = reason === undefined ? undefined : { origin, reason };
      if (problem) return show(ctx, deps, { typedUrl: publicUrl, problem });
    }
    const change = { publicUrl, expected: expecting(tag, representSettings), actor: actorOf(ctx) };
    const outcome = await attempt(changeSettings(deps, change));
    if (!outcome.ok) {
      ctx.status = 400;
      return show(ctx, deps, { typedUrl: publicUrl, isUrlWrong: true });
    }
    const { value } = outcome.result.publicUrl;
    if (value === ctx.get('Origin')) return seeOther(ctx, '/admin/settings?done=saved');
    return deps.pages.show(ctx, 'settings-moved', { origin: value });
  };
}

async function whyNotThere(
  { fetchOutside }: SettingsPageDeps,
  origin: string,
): Promise<string | undefined> {
  const outcome = await fetchOutside(new URL('/healthz', origin));
  if (outcome.kind === 'failure') return `${outcome.code}: ${outcome.message}`;
  return outcome.status === 200 ? undefined : String(outcome.status);
}

function submitBranding(deps: SettingsPageDeps): Middleware {
  return async (ctx) => {
    const { etag: tag, ...typed } = parse(brandingBody, await deps.forms.read(ctx), 'body');
    const expected = expecting(tag, representSettings);
    const change = { branding: toChange(typed), expected, actor: actorOf(ctx) };
    const outcome = await attempt(changeSettings(deps, change));
    if (outcome.ok) return seeOther(ctx, '/admin/settings?done=saved');
    ctx.status = 400;
    return show(ctx, deps, { look: typed });
  };
}

function submitPreview(deps: SettingsPageDeps): Middleware {
  return async (ctx) => {
    const { etag: _tag, ...look } = parse(brandingBody, await deps.forms.read(ctx), 'body');
    await show(ctx, deps, { look });
  };
}

function submitSignIn(deps: SettingsPageDeps): Middleware {
  return async (ctx) => {
    const { etag: tag, local } = parse(signInBody, await deps.forms.read(ctx), 'body');
    const expected = expecting(tag, representSettings);
    const change = { signIn: { local }, expected, actor: actorOf(ctx) };
    const outcome = await attempt(changeSettings(deps, change));
    if (outcome.ok) return seeOther(ctx, '/admin/settings?done=saved');
    ctx.status = 400;
    return show(ctx, deps, { signIn: { local, fault: outcome.issues[0]?.message } });
  };
}

type Look = Readonly<Record<'name' | 'color' | 'logoUrl', string>>;

function toChange({ name, color, logoUrl }: Look): BrandingChange {
  const logo = logoUrl.trim();
  return { name, color: color.trim(), logoUrl: logo === '' ? null : logo };
}

interface Shown {
  readonly look?: Look;
  readonly typedUrl?: string;
  readonly isUrlWrong?: boolean;
  readonly signIn?: SignInSetting & { readonly fault: string | undefined };
  readonly problem?: SettingsPages['settings']['publicUrl']['problem'];
}

async function show(ctx: Context, deps: SettingsPageDeps, shown: Shown): Promise<void> {
  const settings = readSettings(deps, await deps.stores.settings.all());
  const { source, ...stored } = settings.branding;
  const { look, typedUrl, isUrlWrong = false, problem } = shown;
  const { branding, issues } = previewBranding(stored, look ? toChange(look) : {});
  const faults = issues.map(({ path }) => [path.replace('branding.', ''), true] as const);
  const logo = logoOrigin(branding);
  const { name, color, logoUrl = '' } = stored;
  const page: SettingsPages['settings'] = {
    mayWrite: may(ctx, 'settings:write'),
    etag: etagOf(representSettings(settings)),
    publicUrl: {
      ...settings.publicUrl,
      typed: typedUrl ?? settings.publicUrl.value,
      isWrong: isUrlWrong,
      problem,
    },
    branding: {
      source,
      values: look ?? { name, color, logoUrl },
      faults: Object.fromEntries(faults),
    },
    signIn: { fault: undefined, ...settings.signIn, ...shown.signIn },
    preview: {
      branding,
      stylesheet: `/admin/settings/preview.css?color=${encodeURIComponent(branding.color)}`,
      judged: judgeColor(branding.color),
    },
    machine: machineOf(deps.publicUrl(), branding, settings.signIn),
  };
  deps.pages.show(ctx, 'settings', page, { image: logo === undefined ? [] : [logo] });
}

function machineOf(publicUrl: URL, branding: Branding, { local }: SignInSetting) {
  const body = { branding, signIn: { local } };
  return {
    curl: asCurl(publicUrl, { method: 'PATCH', path: '/api/v1/settings', body }),
    yaml: writeConfig(body),
  };
}
