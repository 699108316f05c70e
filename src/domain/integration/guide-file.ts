export const PLATFORMS = ['docker', 'debian', 'nixos'] as const;
/**
 * `asap`: Prosody asks for each key when it needs it. `jwks`: it holds the whole list, and asks for
 * what is missing there (jitsi-meet of January 2026 and newer). `secret`: both sides share one.
 */
export const KEY_MODES = ['asap', 'jwks', 'secret'] as const;
/** `wait_for_host`: people without a token wait until somebody with one is in the room. */
export const GUESTS = ['none', 'wait_for_host'] as const;

export interface GuideChoice {
  readonly platform: (typeof PLATFORMS)[number];
  readonly keys: (typeof KEY_MODES)[number];
  readonly guests: (typeof GUESTS)[number];
}

export type GuideNote =
  | 'accepted_audiences'
  | 'accepted_issuers'
  | 'algorithm'
  | 'app_id'
  | 'auto_owner_off'
  | 'domain_verification'
  | 'empty_tokens'
  | 'guest_domain'
  | 'guest_host'
  | 'guests_on'
  | 'jicofo_auth_off'
  | 'key_list'
  | 'key_list_and_guests'
  | 'key_server'
  | 'large_headers'
  | 'lobby_bypass'
  | 'lobby_on'
  | 'logout_address'
  | 'lua_packages'
  | 'nix_component'
  | 'nix_secret_file'
  | 'own_certificate'
  | 'persistent_lobby'
  | 'popup_address'
  | 'popup_keys'
  | 'popup_page'
  | 'popup_repeats'
  | 'popup_replaces'
  | 'proxy_pass'
  | 'real_address'
  | 'room_claim_of_guests'
  | 'room_creation'
  | 'room_modules'
  | 'secret'
  | 'secret_mode_excludes_keys'
  | 'sign_in_on'
  | 'token_address'
  | 'token_affiliation'
  | 'token_verification'
  | 'wait_for_host'
  | 'wait_for_host_roles';

export interface GuideLine {
  readonly text: string;
  readonly note?: GuideNote | undefined;
  /** Of another language than the file around it. */
  readonly syntax?: GuideSyntax | undefined;
}

/** How a comment begins in such a file. */
const COMMENTS = {
  env: '#',
  hocon: '#',
  js: '//',
  lua: '--',
  nginx: '#',
  nix: '#',
} as const;

type GuideSyntax = keyof typeof COMMENTS;

/**
 * The file as it is downloaded: what each line is for stands above it.
 *
 * @param explain The note in the reader's language, on one line.
 */
export function printGuideFile(
  { lines, syntax }: GuideFile,
  explain: (note: GuideNote) => string,
): string {
  const printed = lines.flatMap((line) => {
    const indent = /^ */.exec(line.text)?.[0] ?? '';
    const comment = `${indent}${COMMENTS[line.syntax ?? syntax]} `;
    return line.note === undefined ? [line.text] : [`${comment}${explain(line.note)}`, line.text];
  });
  return `${printed.join('\n')}\n`;
}

export interface GuideFile {
  /** As it is downloaded: `jitsi.env`. */
  readonly name: string;
  /** Where the lines belong on that server. */
  readonly target: string;
  readonly syntax: GuideSyntax;
  readonly lines: readonly GuideLine[];
}

export interface IntegrationGuide {
  readonly choice: GuideChoice;
  /** Whether the issuer signs this way now. If not, its `algorithm` has to change first. */
  readonly isCurrent: boolean;
  readonly files: readonly GuideFile[];
}

/** Stands where the operator's own secret belongs: we show none, on any page. */
export const SECRET_PLACEHOLDER = '<the secret of this issuer>';
