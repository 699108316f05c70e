import path from 'node:path';
import type { Context, Middleware } from 'koa';
import { describe, expect, it } from 'vitest';
import { type Branding, DEFAULT_BRANDING } from '../../src/domain/branding.ts';
import { DomainError } from '../../src/domain/errors.ts';
import { answerErrors } from '../../src/http/errors.ts';
import { createForms } from '../../src/http/form.ts';
import { htmlErrors } from '../../src/http/html-errors.ts';
import { languageRoutes } from '../../src/http/language-switch.ts';
import { LANGUAGES, type Language, loadMessages } from '../../src/http/messages.ts';
import type { PageContexts, PageName } from '../../src/http/page-contexts.ts';
import { createPages, type PageFrame } from '../../src/http/pages.ts';
import { setSignedIn } from '../../src/http/session.ts';
import { loadAssets } from '../../src/http/static-files.ts';
import { aUser, frozenClock } from '../factories.ts';
import { HOSTILE, samplesWith } from './page-samples.ts';
import { ask, csrf, memoryLog } from './server.ts';

const root = path.join(import.meta.dirname, '../..');
const views = path.join(root, 'views');
const assets = loadAssets(path.join(root, 'public'));
const wordings = loadMessages(path.join(views, 'locales'));
const pagesOf = (branding: Branding) =>
  createPages({ views, assets, csrf, branding: () => branding, clock: frozenClock });
const pages = pagesOf(DEFAULT_BRANDING);

function frame(language: Language, overrides: Partial<PageFrame> = {}): PageFrame {
  const user = { displayName: 'Ada', role: 'administrator' } as const;
  return {
    wording: wordings(language),
    csrfToken: 't0ken',
    user,
    here: '/',
    path: '/',
    done: undefined,
    standing: 'stale',
    provesElsewhere: true,
    ...overrides,
  };
}

/** Text cannot leave its element or attribute: no markup is there that a template did not write. */
function expectHarmless(html: string): void {
  expect(html).toMatch(/^<!doctype html>/);
  expect(html).not.toMatch(
    /<script(?! src="\/assets\/(?:app|settings)-[\w-]{12}\.js" defer><\/script>)/,
  );
  expect(html).not.toMatch(/<b>|\son\w+=['"]|\sstyle=|javascript:/i);
  expect(html).not.toMatch(/>49</);
  // Every attribute is quoted, so that neither a space nor a back-tick ends it.
  expect(html).not.toMatch(/<\w+(?:\s+[\w-]+(?:="[^"]*")?)*\s+[\w-]+=[^"]/);
  expect(html).not.toContain('undefined');
}

describe('every page', () => {
  const names = Object.keys(samplesWith('')) as PageName[];
  const cases = names.flatMap((name) =>
    (Object.keys(LANGUAGES) as Language[]).map((language) => [name, language] as const),
  );

  it.each(cases)('renders %s in %s, and hostile text stays text', (name, language) => {
    for (const text of ['Café No. 1', ...HOSTILE])
      for (const user of [undefined, { displayName: text, role: undefined }])
        for (const page of samplesWith(text)[name] as PageContexts[PageName][])
          expectHarmless(pages.render(name, page, frame(language, { user, here: text })));
  });

  it('carries the branding as data', () => {
    for (const name of HOSTILE) {
      const branding = { name, logoUrl: '/logo.png', color: '#ffee00' };
      const notice = { notice: 'signed_out', continueHref: '/' } as const;
      expectHarmless(pagesOf(branding).render('notice', notice, frame('en')));
    }
  });

  it('shows the very text, escaped', () => {
    const page = samplesWith('<Ada & "Bob">').login[0]!;
    const html = pages.render('login', page, frame('en'));
    expect(html).toContain('<bdi class="value">&#60;Ada &#38; &#34;Bob&#34;&#62;</bdi> on');
  });
});

describe('the pages', () => {
  const render = (name: PageName, index: number, text = 'x') =>
    pages.render(name, samplesWith(text)[name][index]!, frame('en'));

  it('let nobody else’s words change the direction of ours', () => {
    expect(render('error', 0, '\u202eabc')).toContain('<bdi class="value">\u202eabc</bdi></h1>');
  });

  it('leave it to setup to understand an address without its https://', () => {
    expect(render('setup', 0)).not.toContain('type="url"');
    expect(render('setup', 0)).toMatch(/name="jitsiUrl" type="text"/);
  });

  it('tell password managers whose password changes', () => {
    const field = /<input type="text" name="username" value="ada"[^>]* hidden>/;
    expect(render('account-password', 0, 'ada')).toMatch(field);
  });

  it('mark the account in the menu on all of its pages', () => {
    expect(render('account', 0)).toContain('<a href="/account" aria-current="page">');
    expect(render('account-sessions', 0)).toContain('<a href="/account" aria-current="true">');
    expect(render('home', 0)).not.toMatch(/"\/account" aria-current/);
  });

  it('let the three switches of the guide stand out, however Jitsi was installed', () => {
    for (const index of samplesWith('x').integration.keys()) {
      const html = render('integration', index);
      expect(html.match(/<dt class="decisive">/g)).toHaveLength(3);
      expect(html).toContain('makes everybody a moderator');
    }
  });

  it('name each copy button and download of the guide by its file', () => {
    const html = render('integration', 0);
    expect(html).toContain('data-copy="Copy jitsi.env"');
    expect(html).toContain('/integration/jitsi.env?platform=docker');
  });
});

describe('Pages.show', () => {
  const show: Middleware = (ctx) =>
    pages.show(ctx, 'login', samplesWith('x').login[0]!, {
      formAction: ['https://meet.example.org/x'],
    });

  it('answers in the language the browser asks for', async () => {
    const german = await ask([show], '/login', {
      headers: { 'Accept-Language': 'de-AT, en;q=0.5' },
    });
    expect(german.headers).toMatchObject({
      'content-language': 'de',
      'content-type': 'text/html; charset=utf-8',
    });
    expect(german.text).toContain('<html lang="de">');
    expect((await ask([show], '/login')).text).toContain('<html lang="en">');
    const other = await ask([show], '/login', { headers: { 'Accept-Language': 'fr' } });
    expect(other.text).toContain('<html lang="en">');
  });

  it("prefers the switch to the browser's wish, and the person's own choice to both", async () => {
    const headers = { 'Accept-Language': 'en', Cookie: '__Host-roomkey-language=de' };
    expect((await ask([show], '/login', { headers })).text).toContain('<html lang="de">');
    const signIn: Middleware = (ctx: Context, next) => {
      setSignedIn(ctx, { user: aUser({ language: 'en' }), session: undefined as never });
      return next();
    };
    expect((await ask([signIn, show], '/login', { headers })).text).toContain('<html lang="en">');
  });

  it('puts a token into the form that the reader of forms takes', async () => {
    const answer = await ask([show], '/login');
    const token = /name="csrf" value="([^"]+)"/.exec(answer.text)?.[1];
    const switched = await ask(
      [languageRoutes(createForms(csrf)).routes() as Middleware],
      '/language',
      {
        method: 'POST',
        headers: {
          Cookie: '__Host-roomkey-visitor=visitor-secret',
          'Content-Type': 'application/x-www-form-urlencoded',
          'Sec-Fetch-Site': 'same-origin',
        },
        body: `csrf=${token}&language=de&returnTo=/login`,
      },
    );
    expect([switched.status, switched.headers.location]).toEqual([303, '/login']);
    expect(switched.headers['set-cookie']?.[0]).toContain('__Host-roomkey-language=de');
  });

  it('lets the form end where the page said', async () => {
    const policy = (await ask([show], '/login')).headers['content-security-policy'];
    expect(policy).toContain("form-action 'self' https://meet.example.org;");
  });
});

describe('htmlErrors', () => {
  const failing = (error: Error): Middleware[] => [
    answerErrors(memoryLog().log, htmlErrors(pages)),
    () => {
      throw error;
    },
  ];

  it('tells cause, next step and reference', async () => {
    const error = new DomainError('access_denied', {
      reason: 'use_rule_false',
      issuerName: 'Meetings',
      room: 'staff',
      rule: 'useRule',
    });
    const answer = await ask(failing(error), '/');
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('You may not enter the room <bdi class="value">staff</bdi>');
    expect(answer.text).toContain('administrator of <bdi class="value">Meetings</bdi>');
    expect(answer.text).toContain('REF00001');
  });

  it('sends who is signed out to sign in, and back', async () => {
    const error = new DomainError('login_required', { returnTo: '/jitsi/login?room=a&state=b' });
    const answer = await ask(failing(error), '/');
    expect([answer.status, answer.headers.location]).toEqual([
      303,
      '/login?returnTo=%2Fjitsi%2Flogin%3Froom%3Da%26state%3Db',
    ]);
  });

  it('names fields that are wrong, in the reader’s language alone', async () => {
    const issues = [
      { path: 'body', message: 'Unrecognized key' },
      { path: 'body.language', message: 'Invalid option' },
      { path: 'body.language', message: 'Too big' },
    ];
    const error = new DomainError('input_invalid', { issues });
    const headers = { 'Accept-Language': 'de' };
    const { text } = await ask(failing(error), '/', { headers });
    expect(text).toContain('Diese Angabe fehlt oder stimmt nicht:');
    expect(text.match(/<li>.*<\/li>/g)).toEqual(['<li><bdi><code>language</code></bdi></li>']);
    expect(text).not.toMatch(/Invalid option|Too big|Unrecognized/);
  });

  it('says nothing of a fault of ours but its reference', async () => {
    const answer = await ask(failing(new Error('password=1234')), '/');
    expect(answer.status).toBe(500);
    expect(answer.text).toContain('REF00001');
    expect(answer.text).not.toContain('1234');
  });
});
