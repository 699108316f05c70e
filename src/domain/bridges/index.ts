/**
 * The bridges whose settings Roomkey reads.
 *
 * @module
 */
import { aadp } from './aadp.ts';
import { goOpenid } from './go-openid.ts';
import { jitsiKeycloakAdapter } from './jitsi-keycloak-adapter.ts';
import { jitsiOidcAdapter } from './jitsi-oidc-adapter.ts';
import { jitsiOpenid } from './jitsi-openid.ts';
import type { Bridge } from './reading.ts';

export const BRIDGES = {
  'jitsi-openid': jitsiOpenid,
  'jitsi-oidc-adapter': jitsiOidcAdapter,
  'jitsi-keycloak-adapter': jitsiKeycloakAdapter,
  'go-openid': goOpenid,
  aadp,
} as const satisfies Readonly<Record<string, Bridge>>;

export type BridgeName = keyof typeof BRIDGES;
export const BRIDGE_NAMES = Object.keys(BRIDGES) as BridgeName[];

export function isBridgeName(name: string): name is BridgeName {
  return Object.hasOwn(BRIDGES, name);
}
