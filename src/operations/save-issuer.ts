/**
 * An issuer made or changed by hand. It is read, checked and written by the very code that applies
 * a configuration file: what one takes, the other takes.
 *
 * @module
 */
import { faultText } from '../domain/faults.ts';
import type { MakeRsaKey } from '../crypto/rsa-key.ts';
import type { Clock, Random } from '../domain/clock.ts';
import type { FieldChange } from '../domain/config-file/change.ts';
import { fromIssuer } from '../domain/config-file/issuer-entry.ts';
import { readIssuer, toIssue } from '../domain/config-file/read-issuer.ts';
import type { IssuerEntry } from '../domain/config-file/schema.ts';
import { DomainError } from '../domain/errors.ts';
import type { Expectation } from '../domain/expectation.ts';
import type { Issuer } from '../domain/issuer.ts';
import { type IssuerWarning, warnOfChange } from '../domain/issuer-warning.ts';
import type { Stores, StoresInTransaction } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { prepareKeys } from './apply/issuer-keys.ts';
import { planIssuers } from './apply/issuers.ts';

export interface SaveIssuerDeps {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly random: Random;
  readonly makeKey: MakeRsaKey;
}

/** By the names of the configuration file; `null` stands for the default. */
export type IssuerFields = Readonly<Record<string, unknown>>;

export interface SaveIssuerInput {
  readonly slug: string;
  /** Or what makes them of the issuer as it is, for changes that depend on it. */
  readonly fields: IssuerFields | ((current: IssuerEntry) => IssuerFields);
  /**
   * `create` makes a new one; `replace` makes or replaces it, and what is not named has its
   * default; `change` leaves what is not named as it is. Secrets and keys are kept by all.
   */
  readonly how: 'create' | 'replace' | 'change';
  /** `plan` writes nothing. */
  readonly mode: 'write' | 'plan';
  /** Asked of the issuer there is, while nobody else can change it; without one it is not met. */
  readonly expected?: Expectation<Issuer> | undefined;
  readonly publicUrl: URL;
  readonly actor: Actor;
}

export interface SavedIssuer {
  /** As it is afterwards; with `plan`, as it would be. */
  readonly issuer: Issuer;
  readonly outcome: 'created' | 'changed' | 'unchanged';
  readonly fields: readonly FieldChange[];
  readonly warnings: readonly IssuerWarning[];
}

/**
 * @throws {DomainError} `issuer_not_found`, `slug_taken`, `changed_meanwhile`, and `input_invalid`
 *   with a path of the issuer for each issue: `rooms[2].useRule`.
 */
export async function saveIssuer(
  { stores, clock, random, makeKey }: SaveIssuerDeps,
  input: SaveIssuerInput,
): Promise<SavedIssuer> {
  const { slug, mode, publicUrl, actor } = input;
  const seen = readOnto(await stores.issuers.findBySlug(slug), input);
  const mayWrite = mode === 'write' && seen.mistakes.length === 0;
  const ready = mayWrite && seen.placed ? [seen.placed.entry] : [];
  const keys = await prepareKeys(stores, makeKey, ready);

  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const before = await tx.issuers.findBySlug(slug);
    if (input.expected && !(before && input.expected(before)))
      throw new DomainError('changed_meanwhile', undefined);
    const { placed, mistakes } = readOnto(before, input);
    const file = { issuers: placed ? [placed] : [] };
    const now = clock.now();
    const context = { tx, file, prune: false, publicUrl, actor, now, random };
    const plan = await planIssuers(context, keys);
    const all = [...mistakes, ...plan.mistakes];
    if (all.length > 0) throw new DomainError('input_invalid', { issues: all.map(toIssue) });

    const [step] = plan.steps;
    if (!step) return unchanged(before);
    if (mode === 'write') {
      await step.write();
      await tx.catalogVersion.bump();
    }
    return describe(before, {
      step,
      issuer: mode === 'write' ? await found(tx, slug) : step.issuer,
    });
  });
}

function readOnto(current: Issuer | undefined, { slug, fields, how }: SaveIssuerInput) {
  if (how === 'create' && current) throw new DomainError('slug_taken', { slug });
  if (how === 'change' && !current) throw new DomainError('issuer_not_found', { slug });
  const entry = current && fromIssuer(current);
  const given = typeof fields === 'function' ? fields(entry ?? { slug, useRule: '0' }) : fields;
  const base = how === 'change' ? withOwnSecret(entry, given) : {};
  const merged = Object.entries({ ...base, slug, ...given }).filter(([, value]) => value !== null);
  const reading = readIssuer(Object.fromEntries(merged));
  if (given.slug === undefined || given.slug === slug) return reading;
  const path = ['issuers', 0, 'slug'];
  const renamed = {
    path,
    message: faultText('renamed'),
    about: 'value',
  } as const;
  return { ...reading, mistakes: [renamed] };
}

/** What let a short secret in lets in no other. */
function withOwnSecret(entry: IssuerEntry | undefined, given: IssuerFields) {
  return given.secret === undefined ? entry : { ...entry, carriedOverSecret: undefined };
}

type Step = Awaited<ReturnType<typeof planIssuers>>['steps'][number];

function describe(
  before: Issuer | undefined,
  { step, issuer }: { step: Step; issuer: Issuer },
): SavedIssuer {
  const { fields } = step.change;
  const isSecretNew = fields.some(({ field }) => field === 'secret');
  const secret = isSecretNew ? 'replaced' : 'kept';
  const warnings = warnOfChange({ before, after: issuer, secret });
  return { issuer, outcome: before ? 'changed' : 'created', fields, warnings };
}

function unchanged(issuer: Issuer | undefined): SavedIssuer {
  if (!issuer) throw new Error('a plan without a mistake makes an issuer that there is not');
  return { issuer, outcome: 'unchanged', fields: [], warnings: [] };
}

async function found({ issuers }: StoresInTransaction, slug: string): Promise<Issuer> {
  const issuer = await issuers.findBySlug(slug);
  if (!issuer) throw new Error(`the issuer ${slug} is not where it was written`);
  return issuer;
}
