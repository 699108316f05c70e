/**
 * The OpenID conformance suite's plans for providers, as a table of our own: a row for each module,
 * by its name there. docs/openid-conformance.md lists them; a test holds the two together.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { testApp } from '../support/app.ts';
import { BASIC } from '../support/conformance-basic.ts';
import { CONFIG, LOGOUT } from '../support/conformance-logout.ts';
import { discovery, type Party, partyOf, type Row } from '../support/conformance.ts';
import { syncClock, type TestApp, wikiClient, WIKI_SECRET } from '../support/relying-party.ts';
import type { Visitor } from '../support/visitor.ts';

const PLANS = [
  ['Basic', 'oidcc-basic-certification-test-plan', BASIC, {}],
  [
    'Form Post',
    'oidcc-formpost-basic-certification-test-plan',
    BASIC,
    { response_mode: 'form_post' },
  ],
  ['Config', 'oidcc-config-certification-test-plan', CONFIG, {}],
  ['RP-Initiated Logout', 'oidcc-rp-initiated-logout-certification-test-plan', LOGOUT.rp, {}],
  [
    'Back-Channel Logout',
    'oidcc-backchannel-rp-initiated-logout-certification-test-plan',
    LOGOUT.backChannel,
    {},
  ],
] as const;

let app: TestApp;
let ada: Visitor;
beforeAll(async () => {
  app = await testApp();
  syncClock(app);
  const { id: issuerId } = await app.addIssuer({
    clients: [
      wikiClient({
        postLogoutRedirectUris: ['https://wiki.example.org/bye'],
        backchannelLogoutUri: 'https://wiki.example.org/oauth/logout',
      }),
      wikiClient({ clientId: 'post', auth: 'client_secret_post' }),
    ],
  });
  for (const clientId of ['wiki', 'post'])
    await app.stores.clients.setSecret({ issuerId, clientId }, WIKI_SECRET, app.clock.now());
  await app.stores.catalogVersion.bump();
  await app.catalog.refresh();
  const { user, visitor } = await app.signedIn('ada');
  await app.stores.users.update({ ...user, email: 'ada@example.org' }, app.clock.now());
  ada = visitor;
});

describe.each(PLANS)('the %s plan, %s', (_name, plan, rows: readonly Row[], mode) => {
  it.each(rows.map((row) => [row.module, row] as const))('%s', async (_module, row) => {
    syncClock(app);
    const party: Party = await partyOf(app, ada, mode);
    if (row.run) return row.run(party);
    const offered = await discovery(app);
    expect(row.absent && offered[row.absent.member]).toEqual(row.absent?.value);
  });

  it('is told of in docs/openid-conformance.md, module by module', async () => {
    const file = new URL('../../docs/openid-conformance.md', import.meta.url);
    const text = await readFile(file, 'utf8');
    expect(text).toContain(`\`${plan}\``);
    for (const { module, absent } of rows) {
      const told = absent ? `| \`${module}\` | not offered: ${absent.why} |` : `| \`${module}\` | `;
      expect(text).toContain(told);
    }
  });
});
