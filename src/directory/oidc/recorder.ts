/**
 * A relying party that writes down what it sends and gets, for who tests a provider. Secrets,
 * codes and tokens are masked before anything is kept.
 *
 * @module
 */
import type { Clock } from '../../domain/clock.ts';
import type { OutgoingRequest, SendOutcome } from '../../domain/fetched.ts';
import type { TrialStep, TrialStepName } from '../../domain/upstreams/trial.ts';
import { createOidcParties, type OidcParties } from './parties.ts';
import type { Transport } from './transport.ts';

export interface RecordedParties {
  readonly parties: OidcParties;
  /** In the order they were sent; grows with each request. */
  readonly steps: readonly TrialStep[];
  /** An address that the browser goes to or comes back by, to be shown. */
  readonly maskAddress: (address: URL) => string;
}

/** Nothing is remembered from one to the next: each asks the provider anew. */
export function recordParties(transport: Transport, clock: Clock): RecordedParties {
  const steps: TrialStep[] = [];
  const send: Transport['send'] = async (request) => {
    const outcome = await transport.send(request);
    steps.push(toStep(request, outcome));
    return outcome;
  };
  return { parties: createOidcParties({ ...transport, send }, clock), steps, maskAddress };
}

const MASK = '•••';
/** Of a form or an address: what else could be a proof. */
const PLAIN_FIELDS = new Set([
  'acr_values',
  'client_assertion_type',
  'client_id',
  'code_challenge_method',
  'error',
  'error_description',
  'grant_type',
  'iss',
  'max_age',
  'prompt',
  'redirect_uri',
  'resource',
  'response_type',
  'scope',
]);
const SECRET_MEMBER = /token|secret|assertion|code|password/i;
const PLAIN_MEMBER = /_(endpoint|supported|type|uri)$|^expires_in$/;
/** A JWS or JWE, wherever it stands: the header of each begins with `{"`. */
const TOKEN = /eyJ[\w-]*(?:\.[\w-]*){2,4}/g;
const MAX = 6000;

function toStep(request: OutgoingRequest, outcome: SendOutcome): TrialStep {
  const sent = showRequest(request);
  const { kind } = outcome;
  if (kind === 'failure')
    return { step: nameOf(request, ''), sent, received: outcome.message, fault: outcome.code };
  const received = `${outcome.status}\n${maskBody(outcome.text)}`.slice(0, MAX);
  return {
    step: nameOf(request, outcome.text),
    sent,
    received,
    fault: outcome.status === 200 ? undefined : 'status_unexpected',
  };
}

function nameOf({ address, method, body = '' }: OutgoingRequest, answer: string): TrialStepName {
  if (address.pathname.endsWith('/.well-known/openid-configuration')) return 'discovery';
  if (method === 'POST' && new URLSearchParams(body).has('grant_type')) return 'token';
  if (/"keys"\s*:\s*\[/.test(answer)) return 'keys';
  return 'userinfo';
}

function showRequest({ address, method, headers = {}, body }: OutgoingRequest): string {
  const shown = Object.entries(headers)
    .filter(([name]) => /^(authorization|accept|content-type)$/i.test(name))
    .map(
      ([name, value]) => `${name}: ${/^authorization$/i.test(name) ? maskHeader(value) : value}`,
    );
  const form = body === undefined || body === '' ? [] : ['', maskForm(new URLSearchParams(body))];
  return [`${method} ${address.href}`, ...shown, ...form].join('\n').slice(0, MAX);
}

/** The scheme alone. */
function maskHeader(value: string): string {
  return `${value.split(' ')[0] ?? ''} ${MASK}`;
}

/** With a line for each parameter. */
function maskAddress(address: URL): string {
  const form = maskForm(address.searchParams);
  return [`GET ${address.origin}${address.pathname}`, ...(form === '' ? [] : ['', form])]
    .join('\n')
    .slice(0, MAX);
}

/** `a=b&c=d`, with a line for each. */
function maskForm(form: URLSearchParams): string {
  return [...form]
    .map(([name, value]) => `${name}=${PLAIN_FIELDS.has(name) ? value : MASK}`)
    .join('\n');
}

/** JSON with what could be a secret masked; what is no JSON is not shown at all. */
function maskBody(text: string): string {
  try {
    return JSON.stringify(maskValue(JSON.parse(text)), undefined, 2);
  } catch {
    return text === '' ? '' : `(${Buffer.byteLength(text)} bytes that are no JSON)`;
  }
}

function maskValue(value: unknown, mask = maskTokens): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((item) => maskValue(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const isSecret = SECRET_MEMBER.test(name) && !PLAIN_MEMBER.test(name);
      return [name, maskValue(member, isSecret ? () => MASK : mask)];
    }),
  );
}

function maskTokens(text: string): string {
  return text.replaceAll(TOKEN, MASK);
}
