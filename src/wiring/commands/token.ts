import { prosodyCrypto } from '../../crypto/prosody-signatures.ts';
import { DomainError } from '../../domain/errors.ts';
import type { ProsodyHost } from '../../domain/prosody/host.ts';
import { HANG_SENTENCES, WARNING_SENTENCES } from '../../domain/prosody/sentences.ts';
import { field } from '../../domain/prosody/json.ts';
import { takeApart } from '../../domain/prosody/token-parts.ts';
import { type ProsodyVerdict, verifyAsProsody } from '../../domain/prosody/verify.ts';
import { canonicalRoom } from '../../domain/room.ts';
import { MAIN_SLUG } from '../../domain/slug.ts';
import { canonicalTenant } from '../../domain/tenant.ts';
import { issueJitsiToken } from '../../operations/issue-jitsi-token.ts';
import { createIssuerCatalog, type LiveIssuer } from '../../operations/issuer-catalog.ts';
import { prosodyHostOf } from '../../operations/prosody-host.ts';
import { type Command, UsageError } from './command.ts';
import { type Ground, requireUser, withFoundation } from './with-foundation.ts';

export const tokenIssue: Command = {
  name: 'token issue',
  synopsis: '--user NAME --room ROOM [--issuer SLUG] [--tenant NAME]',
  summary: 'Makes a token as if that person entered the room; it is written down.',
  words: [0, 0],
  options: {
    user: { type: 'string' },
    room: { type: 'string' },
    issuer: { type: 'string' },
    tenant: { type: 'string' },
  },
  async run(call) {
    const [name, roomName, tenantName] = [
      call.text('user'),
      call.text('room'),
      call.text('tenant'),
    ];
    if (name === undefined || roomName === undefined)
      throw new UsageError('token issue needs --user NAME and --room ROOM');
    return withFoundation(call, async (ground) => {
      const live = await findLive(ground, call.text('issuer') ?? MAIN_SLUG);
      const issued = await issueJitsiToken(ground, {
        live,
        user: await requireUser(ground.stores, name),
        session: { methods: [], authenticatedAt: ground.clock.now() },
        room: canonicalRoom(roomName),
        tenant: tenantName === undefined ? undefined : canonicalTenant(tenantName),
        ip: undefined,
        requestId: 'cli',
      });
      const { token, claims } = issued;
      return { ok: true, lines: [token], json: { token, claims } };
    });
  },
};

export const tokenInspect: Command = {
  name: 'token inspect',
  synopsis: '[TOKEN] --room ROOM [--issuer SLUG] [--tenant NAME]',
  summary: 'Says what Prosody, set up as we advise, would do with a token.',
  details: [
    'Without TOKEN, or with -, it is read from standard input.',
    '--issuer   whose Prosody is asked; without it, the one that the token names (iss), or main.',
  ],
  words: [0, 1],
  options: {
    room: { type: 'string' },
    issuer: { type: 'string' },
    tenant: { type: 'string' },
  },
  async run(call) {
    const [typed = '-'] = call.positionals;
    const roomName = call.text('room');
    const tenant = call.text('tenant');
    if (roomName === undefined) throw new UsageError('token inspect needs --room ROOM');
    const token = (typed === '-' ? await call.terminal.readInput() : typed).trim();
    return withFoundation(call, async (ground) => {
      const { slug, found } = await issuerFor(ground, { token, named: call.text('issuer') });
      const host = await hostOf(ground, slug);
      const room = canonicalRoom(roomName).safe;
      const join = tenant === undefined ? { room } : { room, tenant };
      const now = ground.clock.now();
      const verdict = verifyAsProsody({ token, host, join, now, crypto: prosodyCrypto });
      const lines = [`Asked: the Prosody of ${slug}${found}.`, ...describe(verdict)];
      const json = { issuer: slug, ...verdict };
      return { ok: verdict.verdict === 'accepted', lines, json };
    });
  },
};

/** The issuer that was named, or that the token names as a Jitsi token or one of a realm does. */
async function issuerFor(
  { stores, publicUrl }: Ground,
  { token, named }: { readonly token: string; readonly named: string | undefined },
): Promise<{ readonly slug: string; readonly found: string }> {
  if (named !== undefined) return { slug: named, found: '' };
  const parts = takeApart(token);
  const iss = parts.readable ? field(parts.payload, 'iss') : undefined;
  const owner = (await stores.issuers.list()).find(
    ({ slug, iss: own }) => iss === own || iss === `${publicUrl.origin}/realms/${slug}`,
  );
  if (owner) return { slug: owner.slug, found: ', which the token names as its issuer' };
  return { slug: MAIN_SLUG, found: '; the token names no issuer of this Roomkey' };
}

async function findLive({ stores }: Ground, slug: string): Promise<LiveIssuer> {
  const live = (await createIssuerCatalog(stores)).current().bySlug.get(slug);
  if (!live) throw new DomainError('issuer_not_found', { slug });
  return live;
}

async function hostOf(ground: Ground, slug: string): Promise<ProsodyHost> {
  const live = await findLive(ground, slug);
  const secrets = await ground.stores.issuers.listSecrets();
  return prosodyHostOf(live, secrets.get(live.issuer.id) ?? '', ground.publicUrl);
}

function describe(verdict: ProsodyVerdict): string[] {
  const checks = verdict.checks.map(
    ({ name, outcome, seen, wanted }) =>
      `  ${outcome.padEnd(7)}  ${name.padEnd(9)}  ${seen}${outcome === 'failed' ? `  (wanted: ${wanted})` : ''}`,
  );
  const warnings = verdict.warnings.map((code) => `note: ${WARNING_SENTENCES[code]}`);
  return [headline(verdict), ...checks, ...warnings];
}

function headline(verdict: ProsodyVerdict): string {
  if (verdict.verdict === 'refused') return `Prosody refuses: ${verdict.reason}`;
  if (verdict.verdict === 'hangs') return `Prosody hangs: ${HANG_SENTENCES[verdict.why]}`;
  return `Prosody takes this token; its bearer is ${verdict.role} in the room.`;
}
