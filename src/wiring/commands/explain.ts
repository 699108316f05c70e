import type { AnyDomainError, ErrorDetails } from '../../domain/errors.ts';
import { PASSWORD_WORDS } from '../../operations/apply/check-user.ts';

type Sentences = {
  readonly [Code in keyof ErrorDetails]?: (details: ErrorDetails[Code]) => string;
};

/** What an error means to somebody at a terminal, and what to do. */
const SENTENCES: Sentences = {
  access_denied: ({ reason, issuerName, room }) =>
    `Not allowed into ${room} of ${issuerName}: ${reason}. Ask why with: roomkey rule test`,
  hashing_busy: () => 'Too many passwords at once; try again.',
  input_invalid: ({ issues }) =>
    issues.map(({ path, message }) => `${path}: ${message}`).join('\n'),
  issuer_not_found: ({ slug }) => `There is no issuer ${slug}; roomkey keys list names them.`,
  issuer_without_keys: ({ slug }) => `The issuer ${slug} has a shared secret, and no keys.`,
  issuer_without_server: ({ slug }) => `The issuer ${slug} has no serverUrl and no xmppDomain.`,
  key_too_young: ({ readyAt }) =>
    `The next key is not known to every Prosody before ${readyAt.toISOString()}. Wait until then, or take --force and refuse some people for a while.`,
  last_administrator: () => 'This would leave no administrator: make another one first.',
  login_name_taken: ({ name }) => `Somebody signs in as ${name} already.`,
  password_weak: ({ reasons }) =>
    `The password ${reasons.map((reason) => PASSWORD_WORDS[reason]).join(', ')}: choose another.`,
  room_invalid: () => 'This is no name of a room.',
  room_missing: () => 'The name of the room is missing.',
  setup_closed: () =>
    'There is an administrator already, so there is nothing to set up. A forgotten password is set with: roomkey users passwd USERNAME',
  signing_key_missing: ({ slug }) =>
    `The issuer ${slug} has no key to sign with. Apply its configuration again to make one.`,
  tenant_invalid: () => 'This is no name of a tenant.',
  token_too_large: ({ claim, bytes }) =>
    `The token would have ${bytes} bytes, mostly because of ${claim}: Prosody and proxies refuse that.`,
  upstream_not_found: ({ slug }) => `There is no directory ${slug}; roomkey export names them.`,
  user_not_found: ({ name }) => `There is no user ${name}; roomkey users list names them.`,
};

export function explain(error: AnyDomainError): string {
  const sentence = SENTENCES[error.code] as ((details: unknown) => string) | undefined;
  return sentence?.(error.details) ?? `Refused: ${error.code}`;
}
