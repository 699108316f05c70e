import { explainDecision } from '../../domain/explain/decision.ts';
import { canonicalRoom } from '../../domain/room.ts';
import { compileIssuer } from '../../domain/rules/check-issuer.ts';
import { compileRule } from '../../domain/rules/compile.ts';
import type { CompiledIssuer } from '../../domain/rules/compiled-issuer.ts';
import { type Facts, ruleContext } from '../../domain/rules/facts.ts';
import type { Reading } from '../../domain/rules/readings.ts';
import { MAIN_SLUG } from '../../domain/slug.ts';
import { canonicalTenant } from '../../domain/tenant.ts';
import { type Answer, type Call, type Command, Refusal, UsageError } from './command.ts';
import { type Ground, requireIssuer, requireUser, withFoundation } from './with-foundation.ts';

export const ruleTest: Command = {
  name: 'rule test',
  synopsis: '[RULE] --user NAME --room ROOM [--issuer SLUG] [--tenant NAME] [--ip ADDRESS] [--mfa]',
  summary: 'Says who gets in where, and by which rule.',
  details: [
    'With a RULE, that expression alone is asked; without one, the rules of the issuer.',
    'Nothing is written down: no token is made.',
  ],
  words: [0, 1],
  options: {
    user: { type: 'string' },
    room: { type: 'string' },
    issuer: { type: 'string' },
    tenant: { type: 'string' },
    ip: { type: 'string' },
    mfa: { type: 'boolean' },
  },
  async run(call) {
    if (call.text('user') === undefined || call.text('room') === undefined)
      throw new UsageError('rule test needs --user NAME and --room ROOM');
    return withFoundation(call, async (ground) => {
      const issuer = await requireIssuer(ground.stores, call.text('issuer') ?? MAIN_SLUG);
      const facts = await readFacts(call, ground);
      const [source] = call.positionals;
      if (source !== undefined) return askRule(source, facts, issuer);
      const stops = await ground.stores.tokenStops.listStanding();
      const compilation = compileIssuer(issuer, stops);
      if (!compilation.ok) throw new Refusal(`The stored rules of ${issuer.slug} do not compile.`);
      return askIssuer(compilation.compiled, facts);
    });
  },
};

async function readFacts(call: Call, { stores, clock }: Ground): Promise<Facts> {
  const tenant = call.text('tenant');
  const mfa = call.isSet('mfa');
  return {
    user: await requireUser(stores, call.text('user') ?? ''),
    room: canonicalRoom(call.text('room') ?? '').canonical,
    tenant: tenant === undefined ? undefined : canonicalTenant(tenant),
    now: clock.now(),
    auth: { methods: mfa ? ['pwd', 'mfa'] : ['pwd'], mfa, ageSeconds: 0 },
    ip: call.text('ip'),
  };
}

function askRule(source: string, facts: Facts, issuer: { slug: string; sub: string }): Answer {
  const tenant = issuer.sub === 'tenant' ? 'known' : 'unknown';
  const compilation = compileRule(source, { tenant });
  if (!compilation.ok) {
    const { line, column, message, hint } = compilation.error;
    const lines = [`${line}:${column}: ${message}`, ...(hint === undefined ? [] : [`    ${hint}`])];
    return { ok: false, lines, json: { ok: false, mistake: compilation.error } };
  }
  const result = compilation.rule.evaluate(ruleContext(facts, issuer.slug));
  if ('error' in result) {
    const lines = [`error: ${result.error.message}`, 'A use rule that fails lets nobody in.'];
    return { ok: false, lines, json: { ok: false, error: result.error } };
  }
  const lines = [result.value ? 'yes' : 'no'];
  return { ok: true, lines, json: { ok: true, value: result.value } };
}

function askIssuer(compiled: CompiledIssuer, facts: Facts): Answer {
  const { decision, policies, rules } = explainDecision(compiled, facts);
  const { username } = facts.user;
  const verdict =
    decision.outcome === 'allowed'
      ? `${username} gets into ${facts.room} as ${decision.role}.`
      : `${username} does not get into ${facts.room}: ${decision.reason}.`;
  const asked = rules.filter(({ outcome }) => outcome !== 'not_reached');
  const trace = asked.flatMap(({ path, source, outcome, message, readings }) => {
    const why = message === undefined ? '' : ` (${message})`;
    return [`  ${outcome.padEnd(5)}  ${path}: ${source}${why}`, ...readings.flatMap(sayReading)];
  });
  return { ok: true, lines: [verdict, ...trace], json: { ...decision, policies, rules } };
}

/** What a part of the rule came to; what was not looked at says nothing. */
function sayReading(reading: Reading): readonly string[] {
  if (reading.outcome === 'not_reached') return [];
  const came = reading.outcome === 'value' ? reading.value : reading.message;
  return [`${' '.repeat(11 + 2 * reading.depth)}${reading.text} → ${came}`];
}
