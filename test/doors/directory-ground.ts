/**
 * A server of ours with an LDAP directory beside it.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { LdapUpstream } from '../../src/domain/upstreams/upstream.ts';
import { reach } from '../directory/ground.ts';
import { testApp } from '../support/app.ts';
import { type Slapd, startSlapd } from '../support/slapd.ts';

type App = Awaited<ReturnType<typeof testApp>>;

export async function directoryApp(ldif: string, overrides: Partial<LdapUpstream> = {}) {
  const slapd = await startSlapd(ldif);
  const app = await testApp({ ALLOW_LOOPBACK: '1' });
  await app.addIssuer({ useRule: '1' });
  const upstream = await addDirectory(app, slapd, overrides);
  return { app, slapd, upstream };
}

export async function addDirectory(
  app: App,
  slapd: Slapd,
  overrides: Partial<LdapUpstream> = {},
): Promise<LdapUpstream> {
  const urls = [`ldap://127.0.0.1:${slapd.port}`];
  const { upstream, secrets } = reach(slapd, { id: randomUUID(), urls, ...overrides });
  await app.stores.upstreams.add(upstream, secrets, app.clock.now());
  await app.stores.catalogVersion.bump();
  await app.catalog.refresh();
  return upstream;
}
