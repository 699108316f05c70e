/**
 * What the codes of a verdict mean, in English, for the command line and the pages that have no
 * wording of their own.
 *
 * @module
 */

/** Why Prosody gives no answer at all. */
export const HANG_SENTENCES = {
  token_too_long: 'Prosody drops requests with more than 10 kB of head: the token is too long.',
  header_odd: 'The header, or a value in it, is of a kind the plugin cannot read.',
  kid_unknown: 'The key list does not hold this kid, and no asap_key_server is set to ask next.',
  key_unreadable: 'The key is not a PEM public key (BEGIN PUBLIC KEY).',
  plugin_not_loaded: 'The token plugin does not start: this version needs asap_key_server too.',
  algorithm_unusable: 'The signature algorithm does not fit the kind of key.',
  payload_odd: 'The payload is not an object.',
  iat_odd: 'The token is expired and its iat is not a number.',
  room_missing: 'There is no room claim, which this version does not survive.',
  room_odd: 'The room claim is not text.',
  room_pattern_bad: 'The room claim is not a Lua pattern, which this version does not survive.',
  room_pattern_costly: 'The room pattern takes too long to match; this reading gave up.',
  sub_missing: 'There is no sub claim, which this version does not survive.',
  sub_odd: 'The sub claim is not text.',
  tenant_odd: 'context.tenant is not text.',
  context_odd: 'context is not an object; leave it out instead of null.',
  user_odd: 'context.user is not an object; leave it out instead of null.',
  features_odd: 'context.features is not an object; leave it out instead of null.',
  group_odd: 'context.group is not text; leave it out instead of null.',
  user_key_odd: 'A name in context.user is no XML name, which this version does not survive.',
  user_value_odd: 'A value in context.user holds a control character.',
} as const;

export type HangCause = keyof typeof HANG_SENTENCES;

/** What Prosody lets pass and the operator should know. */
export const WARNING_SENTENCES = {
  token_long: 'The token is longer than 6 kB: a proxy before Prosody may refuse the request.',
  never_expires: 'The token has no exp: it is valid for ever.',
  any_room: 'The token opens every room.',
  room_odd: 'The room claim is false, which this version takes for no claim.',
  sub_odd: 'The sub claim is not text.',
  pattern_ignored:
    'The room does not match the pattern, yet without a required room claim it counts as none.',
  regex_ignored: 'context.room.regex has no effect without domain verification.',
  tenant_mismatch: 'context.tenant is not the tenant of the address.',
  context_ignored: 'context is not an object: nothing in it is read.',
  features_ignored: 'context.features is not an object: every feature is off.',
  group_ignored: 'context.group is not text.',
  user_value_not_text: 'A value in context.user is not text: others see it as Lua writes it.',
  user_key_skipped: 'A name in context.user is no XML name: others do not see it.',
  private_key_served: 'The key server serves a private key.',
  key_list_broken: 'The key list holds something this version cannot read: keys may be missing.',
  visitor: 'Joins as a visitor where visitors are switched on.',
  moderator_regardless: 'Moderates whatever the token says, by the settings of the server.',
} as const;

export type WarningCode = keyof typeof WARNING_SENTENCES;
