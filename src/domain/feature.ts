/**
 * The features a token can switch, and what Jitsi gives to whom when a token names none.
 *
 * Sources: jitsi-meet `base/jwt/constants.ts` (`MEET_FEATURES`), the names its Prosody plugins
 * look at, and `mod_jitsi_permissions.lua` (`jitsi_default_permissions`).
 *
 * @module
 */

export const FEATURES = [
  'branding',
  'calendar',
  'create-polls',
  'file-upload',
  'flip',
  'inbound-call',
  'list-visitors',
  'live-translation',
  'live-translation-subscribe',
  'livestreaming',
  'lobby',
  'moderation',
  'name-readonly',
  'outbound-call',
  'recording',
  'room',
  'screen-sharing',
  'send-groupchat',
  'sip-inbound-call',
  'sip-outbound-call',
  'transcription',
] as const;
export type Feature = (typeof FEATURES)[number];

/** As the token says it: Prosody and the clients read both strings and booleans, people strings. */
export type FeatureState = 'true' | 'false';
export type FeatureStates = Readonly<Record<Feature, FeatureState>>;

/** Who moderates, and who does not. */
export const ROLES = ['moderator', 'participant'] as const;
export type Role = (typeof ROLES)[number];

/** The one feature the client gives to everybody unless a token takes it away. */
const EVERYBODY: readonly Feature[] = ['screen-sharing'];
const MODERATORS: readonly Feature[] = [
  'create-polls',
  'flip',
  'live-translation',
  'live-translation-subscribe',
  'livestreaming',
  'outbound-call',
  'recording',
  'send-groupchat',
  'transcription',
];

const DEFAULTS: Readonly<Record<Role, ReadonlySet<Feature>>> = {
  moderator: new Set([...EVERYBODY, ...MODERATORS]),
  participant: new Set(EVERYBODY),
};

export function isFeature(name: string): name is Feature {
  return FEATURES.some((feature) => feature === name);
}

/** What Jitsi itself gives to that role, were there no features in the token. */
export function defaultFeature(role: Role, feature: Feature): FeatureState {
  return DEFAULTS[role].has(feature) ? 'true' : 'false';
}
