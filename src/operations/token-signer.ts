/**
 * Which key or secret of ours signed a token, retired ones included.
 *
 * @module
 */
import { prosodyCrypto } from '../crypto/prosody-signatures.ts';
import type { TokenSigner } from '../domain/explain/inspection.ts';
import { isHs } from '../domain/issuer.ts';
import { field } from '../domain/prosody/json.ts';
import { isAlgorithm, type VerifyingKey } from '../domain/prosody/signature.ts';
import type { TokenParts } from '../domain/prosody/token-parts.ts';
import type { SigningKey } from '../domain/signing-key.ts';
import type { Stores } from '../stores/index.ts';
import type { LiveIssuer } from './issuer-catalog.ts';

interface Search {
  readonly parts: TokenParts;
  readonly issuers: readonly LiveIssuer[];
  /** By the issuer's id. */
  readonly secrets: ReadonlyMap<string, string>;
}

export interface SignerFound {
  readonly signedBy: TokenSigner | undefined;
  /** The key the header names, if it is one of ours, whether it signed or not. */
  readonly kid: Pick<SigningKey, 'issuerId' | 'stage'> | undefined;
}

/** Any of ours: a header may hold what no database takes. */
const KID = /^[!-~]{1,200}$/;
/** Keys that are tried when the header names none of ours: the newest. */
const TRIED = 200;

export async function findSigner(
  { signingKeys }: Pick<Stores, 'signingKeys'>,
  { parts, issuers, secrets }: Search,
): Promise<SignerFound> {
  if (!parts.readable) return { signedBy: undefined, kid: undefined };
  const kid = field(parts.header, 'kid');
  const named =
    typeof kid === 'string' && KID.test(kid) ? await signingKeys.findByKid(kid) : undefined;
  const alg = field(parts.header, 'alg');
  if (typeof alg !== 'string' || !isAlgorithm(alg)) return { signedBy: undefined, kid: named };

  const { signingInput, signature } = parts;
  const signed = (key: VerifyingKey) =>
    prosodyCrypto.checkSignature({ alg, key, signingInput, signature }) === 'valid';
  const slugOf = (id: string) => issuers.find(({ issuer }) => issuer.id === id)?.issuer.slug;

  if (alg.startsWith('HS')) {
    const owner = issuers.find(({ issuer }) => {
      const secret = isHs(issuer.algorithm) ? secrets.get(issuer.id) : undefined;
      return secret !== undefined && signed({ kind: 'secret', secret });
    })?.issuer;
    const signedBy = owner && {
      issuerId: owner.id,
      issuer: owner.slug,
      kid: undefined,
      stage: undefined,
    };
    return { signedBy, kid: named };
  }
  const keys = named ? [named] : await signingKeys.listNewest(TRIED);
  const key = keys.find(({ publicPem }) => signed({ kind: 'pem', pem: publicPem }));
  const signedBy = key && {
    issuerId: key.issuerId,
    issuer: slugOf(key.issuerId),
    kid: key.kid,
    stage: key.stage,
  };
  return { signedBy, kid: named };
}
