/**
 * `context`, where an absent field is fine and a null one leaves the client without an answer.
 *
 * @module
 */
import { type Finding, hangs, type Line, ok, skipped } from './finding.ts';
import type { PluginVersion, ProsodyHost } from './host.ts';
import { userOf, XML_NAME } from './identity.ts';
import { canIndex, field, isObject, isTruthy, type Json, type JsonObject } from './json.ts';

export function checkContext(
  claims: JsonObject,
  host: ProsodyHost,
  version: PluginVersion,
): readonly Finding[] {
  const context = field(claims, 'context');
  const line: Line = { name: 'context', seen: context, wanted: 'an object, or nothing' };
  const user = checkUserValues(userOf(claims), host, version);
  if (context === undefined) return [skipped(line), ...user];
  if (!canIndex(context)) return [hangs(line, 'login', 'context_odd')];
  if (!isObject(context)) return [ok(line, 'context_ignored')];

  return [
    ok(line),
    ...checkUser(field(context, 'user')),
    ...checkGroup(field(context, 'group'), host),
    ...checkFeatures(field(context, 'features')),
    ...user,
  ];
}

function odd(seen: Json, wanted: string): Line {
  return { name: 'nulls', seen, wanted };
}

function checkUser(user: Json | undefined): readonly Finding[] {
  if (!isTruthy(user) || (typeof user === 'object' && user !== null)) return [];
  return [hangs(odd(user, 'context.user: an object'), 'join', 'user_odd')];
}

function checkGroup(group: Json | undefined, host: ProsodyHost): readonly Finding[] {
  if (!isTruthy(group) || typeof group === 'string') return [];
  const line = odd(group, 'context.group: text');
  return [host.presenceIdentity ? hangs(line, 'join', 'group_odd') : ok(line, 'group_ignored')];
}

function checkFeatures(features: Json | undefined): readonly Finding[] {
  if (!isTruthy(features) || isObject(features)) return [];
  const line = odd(features, 'context.features: an object');
  return [canIndex(features) ? ok(line, 'features_ignored') : hangs(line, 'join', 'features_odd')];
}

/** Control characters, but tab and line ends, which are fine in XML. */
const CONTROL = /[^\t\n\r -~\u0080-\uffff]/;

/** What `presence_identity` meets when it writes the user into every presence. */
function checkUserValues(
  user: JsonObject | undefined,
  host: ProsodyHost,
  version: PluginVersion,
): readonly Finding[] {
  if (!user || !host.presenceIdentity) return [];
  return Object.entries(user).flatMap(([name, value]) => {
    const line = odd(value ?? null, `context.user.${name}: text, under an XML name`);
    if (!XML_NAME.test(name))
      return version < '2026-08'
        ? hangs(line, 'join', 'user_key_odd')
        : ok(line, 'user_key_skipped');
    if (typeof value !== 'string') return ok(line, 'user_value_not_text');
    return CONTROL.test(value) ? hangs(line, 'join', 'user_value_odd') : [];
  });
}
