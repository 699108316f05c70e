/**
 * A bridge's environment becomes our configuration once, and again whenever it changes: what
 * administrators change in between stays.
 *
 * @module
 */
import { tokenHash } from '../crypto/digest.ts';
import { type SecretBox, SecretBoxError } from '../crypto/secret-box.ts';
import type { Change } from '../domain/config-file/change.ts';
import type { FileMistake } from '../domain/config-file/mistake.ts';
import type { ConfigFile } from '../domain/config-file/schema.ts';
import type { StoresInTransaction } from '../stores/index.ts';
import { SYSTEM } from './actor.ts';
import { applyConfig, type ApplyConfigDeps } from './apply-config.ts';

/** The hash of what was adopted last, sealed: a guess at a short secret cannot be tried on it. */
const SETTING = 'bridge_environment';
const PLACE = { table: 'settings', column: 'value', id: SETTING };

export interface AdoptBridgeInput {
  readonly file: ConfigFile;
  /** The same for the same settings, and for no others. */
  readonly essence: string;
  readonly publicUrl: URL;
}

export type Adoption =
  | { readonly outcome: 'known' }
  /** With mistakes, nothing was written. */
  | {
      readonly outcome: 'applied';
      readonly changes: readonly Change[];
      readonly mistakes: readonly FileMistake[];
    };

export async function adoptBridge(
  deps: ApplyConfigDeps & { readonly secretBox: SecretBox },
  { file, essence, publicUrl }: AdoptBridgeInput,
): Promise<Adoption> {
  const { stores, secretBox, clock } = deps;
  const mark = tokenHash(essence).toString('hex');
  if ((await readMark(stores, secretBox)) === mark) return { outcome: 'known' };

  const input = { file, mistakes: [], mode: 'write', prune: false, publicUrl } as const;
  const { changes, mistakes } = await applyConfig(deps, { ...input, actor: SYSTEM });
  if (mistakes.length === 0) await writeMark(stores, { secretBox, mark, now: clock.now() });
  return { outcome: 'applied', changes, mistakes };
}

/** Seals the mark anew, with the key that seals now. */
export async function renewBridgeMark(
  stores: Pick<StoresInTransaction, 'settings'>,
  secretBox: SecretBox,
  now: Date,
): Promise<void> {
  const mark = await readMark(stores, secretBox);
  if (mark !== undefined) await writeMark(stores, { secretBox, mark, now });
}

async function readMark(
  { settings }: Pick<StoresInTransaction, 'settings'>,
  secretBox: SecretBox,
): Promise<string | undefined> {
  const sealed = await settings.find(SETTING);
  if (typeof sealed !== 'string') return undefined;
  try {
    return secretBox.open(Buffer.from(sealed, 'base64'), PLACE);
  } catch (error) {
    if (error instanceof SecretBoxError) return undefined;
    throw error;
  }
}

async function writeMark(
  { settings }: Pick<StoresInTransaction, 'settings'>,
  { secretBox, mark, now }: { secretBox: SecretBox; mark: string; now: Date },
): Promise<void> {
  await settings.set(SETTING, secretBox.seal(mark, PLACE).toString('base64'), now);
}
