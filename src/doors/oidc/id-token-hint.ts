/**
 * `id_token_hint`: an ID token of ours, by whichever key, of whatever age. It says who was signed
 * in, to whom that was told, and in which session.
 *
 * @module
 */
import { peekJws, verifyRs256 } from '../../crypto/verify-jws.ts';
import type { OidcDeps, Realm } from './realm.ts';

export interface Hint {
  readonly sub: string;
  /** The session it was made in. */
  readonly sid: string | undefined;
  readonly clientId: string;
}

/** Nothing for what this realm never signed, or signed as something else. */
export async function readHint(
  { stores }: Pick<OidcDeps, 'stores'>,
  { live, iss }: Realm,
  token: string,
): Promise<Hint | undefined> {
  const kid = peekJws(token)?.header.kid;
  if (typeof kid !== 'string') return undefined;
  const keys = await stores.signingKeys.listOf(live.issuer.id);
  const key = keys.find((one) => one.kid === kid && one.ring === 'oidc');
  const verified = verifyRs256(token, () => key?.publicPem);
  if (!verified) return undefined;

  const { header, payload } = verified;
  // Access and logout tokens of the same ring say what they are; an ID token says nothing, or JWT.
  if (header.typ !== undefined && header.typ !== 'JWT') return undefined;
  const { sub, sid, aud } = payload;
  if (payload.iss !== iss || typeof sub !== 'string' || typeof aud !== 'string') return undefined;
  return { sub, sid: typeof sid === 'string' ? sid : undefined, clientId: aud };
}
