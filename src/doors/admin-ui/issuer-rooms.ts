import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { fromIssuer } from '../../domain/config-file/issuer-entry.ts';
import { DomainError, type InputIssue } from '../../domain/errors.ts';
import { FEATURES } from '../../domain/feature.ts';
import type { Issuer } from '../../domain/issuer.ts';
import { representIssuer } from '../../domain/issuer-view.ts';
import { changePolicies, type PolicyChange } from '../../domain/room-policies.ts';
import { actorOf } from '../../http/actor.ts';
import { asCurl } from '../../http/as-curl.ts';
import { asYaml } from '../../http/as-yaml.ts';
import { expecting } from '../../http/etag.ts';
import type { RulePreview } from '../../http/page-contexts/rule-preview.ts';
import { parse } from '../../http/parse.ts';
import { readQuery } from '../../http/query.ts';
import { seeOther } from '../../http/see-other.ts';
import { requirePermission } from '../../http/session.ts';
import { changeRoomPolicies } from '../../operations/change-room-policies.ts';
import { etag } from './issuer-form.ts';
import {
  attempt,
  findIssuer,
  headOf,
  type IssuerPageDeps,
  machineOf,
  tagOf,
} from './issuer-page.ts';
import {
  type IssuerRuleDeps,
  lookAhead,
  present,
  previewShape,
  rulesForm,
  ruleShape,
  ruleValues,
} from './issuer-rules.ts';
import { readRuleFields } from './rule-form.ts';

type Typed = Readonly<Record<string, string>>;

const text = z.string().max(20_000).default('');
const policyBody = z.strictObject({
  ...ruleShape,
  ...previewShape,
  match: text,
  current: text,
  etag,
});
const moveBody = z.strictObject({
  match: text,
  action: z.enum(['up', 'down', 'remove']),
  etag,
});
const policyQuery = z.strictObject({ match: z.string().max(20_000).optional() });

/** `GET /admin/issuers/{slug}/rooms` */
export function showRooms(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const issuer = await findIssuer(ctx, deps);
    const { rooms } = representIssuer(issuer);
    deps.pages.show(ctx, 'issuer-rooms', {
      issuer: headOf(ctx, issuer),
      policies: issuer.rooms.map(({ match, useRule, moderatorRule, features, lobbyBypass }) => ({
        match,
        useRule,
        moderatorRule,
        features: Object.keys(features ?? {}),
        lobbyBypass,
      })),
      etag: tagOf(issuer),
      machine: machineOf(issuer, deps.publicUrl(), { rooms }),
    });
  };
}

/** `POST /admin/issuers/{slug}/rooms`: one place up or down, or away. */
export function submitRooms(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const { match, action, etag } = parse(moveBody, await deps.forms.read(ctx), 'body');
    const issuer = await findIssuer(ctx, deps);
    const index = issuer.rooms.findIndex((room) => room.match === match);
    const position = Math.max(0, index + (action === 'up' ? -1 : 1));
    const change: PolicyChange =
      action === 'remove' ? { kind: 'remove', match } : { kind: 'move', match, position };
    await changeRoomPolicies(deps, { ...common(ctx, deps, issuer, etag), change });
    const done = action === 'remove' ? 'removed' : 'saved';
    seeOther(ctx, `/admin/issuers/${issuer.slug}/rooms?done=${done}`);
  };
}

/** `GET /admin/issuers/{slug}/rooms/policy?match=`: a policy, or a new one. */
export function showPolicy(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const { match } = readQuery(ctx, policyQuery);
    if (match === undefined) requirePermission(ctx, 'issuers:write');
    const issuer = await findIssuer(ctx, deps);
    const policy = issuer.rooms.find((room) => room.match === match);
    if (match !== undefined && !policy) throw new DomainError('room_policy_not_found', { match });
    const typed = policy ? { match: policy.match, ...ruleValues(policy) } : {};
    showForm(ctx, deps, { issuer, current: match, typed });
  };
}

/** `POST /admin/issuers/{slug}/rooms/policy` */
export function submitPolicy(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const typed = present(parse(policyBody, await deps.forms.read(ctx), 'body'));
    const { current = '', etag = '' } = typed;
    const issuer = await findIssuer(ctx, deps);
    const input = { ...common(ctx, deps, issuer, etag), change: changeOf(typed) };
    const outcome = await attempt(changeRoomPolicies(deps, input));
    if (outcome.ok) return seeOther(ctx, `/admin/issuers/${issuer.slug}/rooms?done=saved`);
    ctx.status = 400;
    const shown = { issuer, current: current === '' ? undefined : current, typed };
    return showForm(ctx, deps, { ...shown, issues: outcome.issues });
  };
}

/** `POST /admin/issuers/{slug}/rooms/policy/preview`: nothing is saved. */
export function previewPolicy(deps: IssuerRuleDeps): Middleware {
  return async (ctx) => {
    const typed = present(parse(policyBody, await deps.forms.read(ctx), 'body'));
    const issuer = await findIssuer(ctx, deps);
    const fields = { rooms: changePolicies(fromIssuer(issuer).rooms ?? [], changeOf(typed)) };
    const shown = await lookAhead(ctx, deps, { issuer, typed, fields });
    const { current = '' } = typed;
    showForm(ctx, deps, { issuer, current: current === '' ? undefined : current, typed, ...shown });
  };
}

function changeOf(typed: Typed): PolicyChange {
  const { match = '', current = '' } = typed;
  const rules = Object.entries(readRuleFields(typed)).filter(([, rule]) => rule !== null);
  const policy = { match: match.trim(), ...Object.fromEntries(rules) };
  return current === '' ? { kind: 'add', policy } : { kind: 'edit', match: current, policy };
}

function common(ctx: Context, deps: IssuerPageDeps, { slug }: Issuer, etag: string) {
  return {
    slug,
    mode: 'write',
    expected: expecting(etag, representIssuer),
    publicUrl: deps.publicUrl(),
    actor: actorOf(ctx),
  } as const;
}

interface Shown {
  readonly issuer: Issuer;
  readonly current: string | undefined;
  readonly typed: Typed;
  readonly issues?: readonly InputIssue[];
  readonly preview?: RulePreview | undefined;
}

function showForm(
  ctx: Context,
  { pages, publicUrl }: IssuerPageDeps,
  { issuer, current, typed, issues = [], preview }: Shown,
): void {
  // The other policies were right before: whatever is wrong is wrong with this one.
  const mine = issues.map((issue) => ({
    ...issue,
    path: issue.path.replace(/^rooms\[\d+\]\./, ''),
  }));
  pages.show(ctx, 'issuer-room', {
    issuer: headOf(ctx, issuer),
    preview,
    current,
    rules: rulesForm(typed, mine),
    features: FEATURES,
    isMatchWrong: mine.some(({ path }) => path === 'match'),
    etag: tagOf(issuer),
    machine: machineOfPolicy(publicUrl(), issuer, current),
  });
}

function machineOfPolicy(publicUrl: URL, issuer: Issuer, match: string | undefined) {
  const policy = fromIssuer(issuer).rooms?.find((room) => room.match === match);
  if (!policy) return undefined;
  const path = `/api/v1/issuers/${issuer.slug}/rooms/${encodeURIComponent(policy.match)}`;
  return {
    curl: asCurl(publicUrl, { method: 'PUT', path, body: policy }),
    yaml: asYaml({ rooms: [policy] }),
  };
}
