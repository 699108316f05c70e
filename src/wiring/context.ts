/**
 * The composition root of the server: the only place that makes its long-lived things.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { createPasswordHasher, type PasswordHasher } from '../crypto/password.ts';
import { makeRsaKey } from '../crypto/rsa-key.ts';
import { createDirectory } from '../directory/create-directory.ts';
import type { Directory } from '../directory/directory.ts';
import { BRANDING_SETTING, readBranding } from '../domain/branding.ts';
import { createOidcParties, type OidcParties } from '../directory/oidc/parties.ts';
import { recordParties, type RecordedParties } from '../directory/oidc/recorder.ts';
import type { FetchOutside, FetchPicture } from '../domain/fetched.ts';
import type { LoginLimits } from '../domain/login-limits.ts';
import type { SessionLifetimes } from '../domain/session.ts';
import { createCsrf } from '../http/csrf.ts';
import { createForms, type Forms } from '../http/form.ts';
import {
  createOutgoing,
  fetchOutside,
  fetchPicture,
  type Outgoing,
  sendOutside,
} from '../http/outgoing.ts';
import { writeLinkMail } from '../http/mails.ts';
import { loadMessages } from '../http/messages.ts';
import { createPages, type Pages } from '../http/pages.ts';
import { type Assets, loadAssets } from '../http/static-files.ts';
import { createIssuerCatalog, type IssuerCatalog } from '../operations/issuer-catalog.ts';
import type { SendLink } from '../operations/people/link-mail.ts';
import type { Foundation } from './foundation.ts';
import { createMailer } from './mailer.ts';
import { createReadiness, type Readiness } from './readiness.ts';

/** All that doors may ask for. Each takes the part it needs. */
export interface AppContext extends Foundation {
  readonly assets: Assets;
  readonly catalog: IssuerCatalog;
  readonly directory: Directory;
  readonly fetchOutside: FetchOutside;
  readonly fetchPicture: FetchPicture;
  readonly fixedPublicUrl: URL | undefined;
  readonly fixedRetentionDays: number | undefined;
  readonly forms: Forms;
  readonly lifetimes: SessionLifetimes;
  readonly limits: LoginLimits;
  readonly makeKey: typeof makeRsaKey;
  readonly outgoing: Outgoing;
  readonly pages: Pages;
  readonly parties: OidcParties;
  /** Made anew for each test of a provider. */
  readonly recordedParties: () => RecordedParties;
  readonly passwords: PasswordHasher;
  readonly publicUrl: () => URL;
  readonly readiness: Readiness;
  readonly sendLink: SendLink;
  readonly wordings: ReturnType<typeof loadMessages>;
}

/** The same distance from `src/wiring/` and `dist/wiring/`. */
const ROOT = new URL('../../', import.meta.url);

/** @param localPort Where this process listens: with PORT=0 nobody knows before it does. */
export async function createContext(
  foundation: Foundation,
  localPort = () => foundation.config.port,
): Promise<AppContext> {
  const { clock, config, database, random, secretBox, stores } = foundation;
  const catalog = await createIssuerCatalog(stores);
  const assets = loadAssets(
    ...['public', 'dist/public'].map((folder) => fileURLToPath(new URL(folder, ROOT))),
  );
  const csrf = createCsrf(secretBox.derive('csrf'), random);
  const branding = () => readBranding(catalog.current().settings.get(BRANDING_SETTING));

  const mailer = config.mail && createMailer(config.mail, foundation.log);
  const wordings = loadMessages(fileURLToPath(new URL('views/locales', ROOT)));

  const publicUrl = rememberUrl(() => readPublicUrl(foundation, catalog, localPort()));

  const { allowLoopback } = config;
  const outgoing = createOutgoing({ publicUrl, allowLoopback });
  // Somebody waits for their sign-in meanwhile.
  const pictures = createOutgoing({ publicUrl, allowLoopback, timeoutMs: 2000 });

  const transport = { send: sendOutside(outgoing), allowLoopback };

  return {
    ...foundation,
    assets,
    catalog,
    directory: createDirectory({ clock, allowLoopback }),
    fetchOutside: fetchOutside(outgoing),
    fetchPicture: fetchPicture(pictures),
    fixedPublicUrl: config.publicUrl,
    fixedRetentionDays: config.auditRetentionDays,
    forms: createForms(csrf),
    lifetimes: config.session,
    limits: config.loginLimits,
    makeKey: makeRsaKey,
    outgoing,
    pages: createPages({
      views: fileURLToPath(new URL('views', ROOT)),
      assets,
      csrf,
      branding,
      clock,
    }),
    parties: createOidcParties(transport, clock),
    recordedParties: () => recordParties(transport, clock),
    passwords: createPasswordHasher({
      parallel: config.hashing.concurrency,
      queue: config.hashing.queueMax,
    }),
    publicUrl,
    readiness: createReadiness(database),
    sendLink:
      mailer &&
      (({ user, link, expiresAt }) => {
        const house = branding().name;
        const mail = writeLinkMail(wordings, { user, link, expiresAt, house });
        return mailer.send({ to: user.email ?? '', ...mail });
      }),
    wordings,
  };
}

/** The environment's word, else what setup stored, else localhost. */
function readPublicUrl({ config }: Foundation, catalog: IssuerCatalog, port: number): string {
  const stored = catalog.current().settings.get('public_url');
  if (config.publicUrl) return config.publicUrl.href;
  return typeof stored === 'string' ? stored : `http://localhost:${port}`;
}

/** Parses an address once, as long as it stays the same: every request asks for it. */
function rememberUrl(read: () => string): () => URL {
  let last: { text: string; url: URL } | undefined;
  return () => {
    const text = read();
    if (last?.text !== text) last = { text, url: new URL(text) };
    return last.url;
  };
}
