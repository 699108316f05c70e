/** What a look at a Jitsi server found, and which setting to change. */
export interface JitsiFinding {
  readonly state: 'good' | 'worry' | 'bad';
  readonly code: JitsiFindingCode;
  /** For the words: `found`, `expected`, `address`, `reason`. */
  readonly values: Readonly<Record<string, string>>;
  /** The settings to change: docker-jitsi-meet's, and `config.js`'s or Prosody's. */
  readonly settings: readonly string[];
}

const STATES = {
  no_server: 'bad',
  config_js_failed: 'bad',
  config_js_status: 'bad',
  config_js_empty: 'bad',
  sign_in_right: 'good',
  sign_in_missing: 'bad',
  sign_in_computed: 'worry',
  sign_in_elsewhere: 'bad',
  sign_in_without_room: 'bad',
  sign_in_without_state: 'worry',
  sign_in_by_bridge: 'good',
  sign_in_inline: 'bad',
  sign_out_right: 'good',
  sign_out_missing: 'worry',
  sign_out_elsewhere: 'worry',
  guests_on: 'worry',
  guests_off: 'good',
  domain_differs: 'bad',
  tenant_respected: 'worry',
  key_right: 'good',
  key_failed: 'bad',
  key_status: 'bad',
  key_not_ours: 'bad',
  key_list_right: 'good',
  key_list_failed: 'bad',
  key_list_status: 'bad',
  key_list_not_ours: 'bad',
  key_list_hot: 'bad',
  no_keys: 'bad',
} as const satisfies Record<string, JitsiFinding['state']>;

export type JitsiFindingCode = keyof typeof STATES;
export const JITSI_FINDINGS = Object.keys(STATES) as readonly JitsiFindingCode[];

export function finding(
  code: JitsiFindingCode,
  values: JitsiFinding['values'] = {},
  settings: readonly string[] = [],
): JitsiFinding {
  return { state: STATES[code], code, values, settings };
}
