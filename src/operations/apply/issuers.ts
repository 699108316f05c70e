/**
 * The `issuers` section. An issuer becomes what the file says; what was made with it is kept.
 *
 * @module
 */
import { faultText } from '../../domain/faults.ts';
import { diffOf } from '../../domain/audit-diff.ts';
import { type Change, compareFields, MASK } from '../../domain/config-file/change.ts';
import { describeIssuer, fromIssuer, toIssuer } from '../../domain/config-file/issuer-entry.ts';
import { type FileMistake, wrongValue } from '../../domain/config-file/mistake.ts';
import type { IssuerEntry, Placed } from '../../domain/config-file/schema.ts';
import { needsSecret } from '../../domain/client.ts';
import { type Issuer, isHs, isShortSecret, minimumSecretBytes } from '../../domain/issuer.ts';
import { defaultIss } from '../../domain/new-issuer.ts';
import type { ClientSecrets } from '../../stores/clients.ts';
import { movePoliciesToBin } from '../bin-policies.ts';
import { moveToBin } from '../bin.ts';
import { putAway } from '../clients/remove-client.ts';
import { ensureIssuerKeys } from '../issuer-keys.ts';
import type { KeysAtHand } from './issuer-keys.ts';
import { changedValues, type Plan, type PlanContext, type Step, writeDown } from './plan.ts';

export interface IssuerStep extends Step {
  /** As it will be; as it was, when it is removed. */
  readonly issuer: Issuer;
}

export interface IssuersPlan extends Plan {
  readonly steps: readonly IssuerStep[];
}

interface Desired {
  readonly issuer: Issuer;
  readonly keys: KeysAtHand;
  /** `undefined` keeps the one there is. */
  readonly secret: string | undefined;
  /** Client id → the secret it gets. */
  readonly clientSecrets: ReadonlyMap<string, string>;
}

export async function planIssuers(context: PlanContext, keys: KeysAtHand): Promise<IssuersPlan> {
  const { tx, file, prune } = context;
  if (!file.issuers) return { steps: [], mistakes: [] };
  const existing = new Map((await tx.issuers.list()).map((issuer) => [issuer.slug, issuer]));
  const secrets = await tx.issuers.listSecrets();
  const clientSecrets = await tx.clients.listSecrets();
  const mistakes: FileMistake[] = [];
  const steps: IssuerStep[] = [];

  for (const placed of file.issuers) {
    const { entry } = placed;
    const current = existing.get(entry.slug);
    existing.delete(entry.slug);
    const stored = current && secrets.get(current.id);
    const issuer = toDesired(context, entry, current);
    mistakes.push(...checkStoredSecret(placed, issuer, stored));

    const secret = isHs(issuer.algorithm) && entry.secret !== stored ? entry.secret : undefined;
    const known = (current && clientSecrets.get(current.id)) ?? new Map<string, ClientSecrets>();
    mistakes.push(...checkClientSecrets(placed, issuer, known));
    const step = planIssuer(context, current, {
      issuer,
      secret,
      keys,
      clientSecrets: newClientSecrets(entry, known),
    });
    if (step) steps.push(step);
  }

  const removals = prune ? [...existing.values()].map((gone) => removeIssuer(context, gone)) : [];
  return { steps: [...steps, ...removals], mistakes };
}

function toDesired(
  { random, publicUrl, now }: PlanContext,
  entry: IssuerEntry,
  current: Issuer | undefined,
): Issuer {
  const iss = defaultIss(entry.slug, publicUrl);
  const fresh = { id: random.uuid(), iss, weakSecret: false, createdAt: now };
  const { id, iss: kept, weakSecret, createdAt } = current ?? fresh;
  const issuer = toIssuer(entry, { id, iss: kept, weakSecret, createdAt });
  return { ...issuer, weakSecret: isHs(issuer.algorithm) && isWeak(entry, issuer) };
}

/** A secret that is kept stays what it was; a new one is weak when it was let in so. */
function isWeak({ secret }: IssuerEntry, { weakSecret, algorithm }: Issuer): boolean {
  return secret === undefined ? weakSecret : isShortSecret(secret, algorithm);
}

/** An HS issuer without a secret in the file goes on with the one it has, if that will do. */
function checkStoredSecret(
  { index, entry }: Placed<IssuerEntry>,
  { algorithm, weakSecret }: Issuer,
  stored: string | undefined,
): FileMistake[] {
  if (!isHs(algorithm) || entry.secret !== undefined || weakSecret) return [];
  // A secretFile that cannot be read was told of already.
  if (entry.secretFile !== undefined) return [];
  const wanted = minimumSecretBytes(algorithm);
  const hint = faultText('hint_give_secret', { bytes: wanted });
  const path = ['issuers', index, 'algorithm'];
  if (stored === undefined)
    return [wrongValue(path, faultText('secret_needed', { algorithm }), hint)];
  if (Buffer.byteLength(stored) >= wanted) return [];
  return [wrongValue(path, faultText('secret_kept_short', { algorithm }), hint)];
}

/** A client that proves itself by a secret goes on with the one it has. */
function checkClientSecrets(
  { index, entry }: Placed<IssuerEntry>,
  issuer: Issuer,
  known: ReadonlyMap<string, ClientSecrets>,
): FileMistake[] {
  return issuer.clients.flatMap((client, nth) => {
    if (!needsSecret(client) || known.has(client.clientId)) return [];
    const { secret, secretFile } = entry.clients?.[nth] ?? {};
    if (secret !== undefined || secretFile !== undefined) return [];
    const path = ['issuers', index, 'clients', nth, 'auth'];
    const hint = 'give secretFile or secret; make one with: openssl rand -hex 32';
    return [wrongValue(path, `${client.auth} needs a secret`, hint)];
  });
}

function newClientSecrets(
  { clients = [] }: IssuerEntry,
  known: ReadonlyMap<string, ClientSecrets>,
): ReadonlyMap<string, string> {
  const given = clients.flatMap(({ clientId, secret }) =>
    secret === undefined || secret === known.get(clientId)?.secret
      ? []
      : [[clientId, secret] as const],
  );
  return new Map(given);
}

function planIssuer(
  context: PlanContext,
  current: Issuer | undefined,
  desired: Desired,
): IssuerStep | undefined {
  const { issuer, secret, clientSecrets } = desired;
  const fields = current
    ? compareFields(describeIssuer(current), describeIssuer(issuer))
    : compareFields({}, { ...fromIssuer(issuer), slug: undefined });
  if (secret !== undefined)
    fields.push({ field: 'secret', before: current ? MASK : undefined, after: MASK });
  for (const clientId of clientSecrets.keys()) {
    const index = issuer.clients.findIndex((client) => client.clientId === clientId);
    const isNew = !current?.clients.some((client) => client.clientId === clientId);
    fields.push({
      field: `clients[${index}].secret`,
      before: isNew ? undefined : MASK,
      after: MASK,
    });
  }
  if (current && fields.length === 0) return undefined;

  const kind = current ? 'changed' : 'created';
  const change: Change = { kind, what: 'issuer', name: issuer.slug, fields };
  const write = async () => {
    if (current) await putClientsAway(context, current, issuer);
    if (current) await movePoliciesToBin(context, current, issuer);
    await writeIssuer(context, change, desired);
  };
  return { change, issuer, write };
}

/** Clients that are named no more. */
async function putClientsAway(context: PlanContext, before: Issuer, after: Issuer): Promise<void> {
  for (const client of before.clients) {
    if (after.clients.some(({ clientId }) => clientId === client.clientId)) continue;
    const place = { issuerId: before.id, clientId: client.clientId };
    const standing = await context.tx.clients.findStanding(place);
    if (standing) await putAway(context, { issuer: before, client, standing });
  }
}

async function writeIssuer(
  context: PlanContext,
  change: Change,
  { issuer, secret, keys, clientSecrets }: Desired,
): Promise<void> {
  const { tx, now } = context;
  const isNew = change.kind === 'created';
  if (isNew) await tx.issuers.add(issuer, secret, now);
  else await tx.issuers.update(issuer, secret, now);
  for (const [clientId, own] of clientSecrets)
    await tx.clients.setSecret({ issuerId: issuer.id, clientId }, own, now);
  await writeDown(context, isNew ? 'issuer.created' : 'issuer.updated', {
    ...targetOf(issuer),
    details: changedValues(change),
  });
  const pair = await keys.keysFor(tx, issuer);
  if (pair) await ensureIssuerKeys(tx, { issuer, keys: pair, now });
}

function removeIssuer(context: PlanContext, issuer: Issuer): IssuerStep {
  return {
    issuer,
    change: { kind: 'removed', what: 'issuer', name: issuer.slug, fields: [] },
    async write() {
      const { id: objectId, slug: name } = issuer;
      await moveToBin(context, { kind: 'issuer', objectId, name });
      const details = { ...diffOf(describeIssuer(issuer), undefined) };
      await writeDown(context, 'issuer.removed', { ...targetOf(issuer), details });
    },
  };
}

const targetOf = ({ id, slug }: Issuer) => ({ targetId: id, targetName: slug, issuerId: id });
