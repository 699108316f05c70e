/**
 * Shows pages: one typed context each, one layout for all.
 *
 * @module
 */
import path from 'node:path';
import type { Context } from 'koa';
import nunjucks from 'nunjucks';
import type { Branding } from '../domain/branding.ts';
import type { Clock } from '../domain/clock.ts';
import { permissionsOf, type Permission } from '../domain/permissions.ts';
import { vocabulary } from '../domain/rules/vocabulary.ts';
import { isFresh } from '../domain/session.ts';
import type { User } from '../domain/user.ts';
import { adminMenu } from './admin-menu.ts';
import { brandStylesheet } from './brand-colors.ts';
import { logoOrigin } from './branding.ts';
import type { Csrf } from './csrf.ts';
import { type Done, readDone } from './done.ts';
import { faultWords } from './fault-words.ts';
import { here } from './here.ts';
import { languageOf } from './language.ts';
import { LANGUAGES, loadMessages, type MessagePart, type Wording } from './messages.ts';
import type { PageContexts, PageName } from './page-contexts.ts';
import { allowOrigins, type PageOrigins } from './security-headers.ts';
import { findSignedIn } from './session.ts';
import type { Assets } from './static-files.ts';

export interface Pages {
  /** Answers with a page. The status stays what it is. */
  show<Name extends PageName>(
    ctx: Context,
    name: Name,
    page: PageContexts[Name],
    origins?: PageOrigins,
  ): void;
  /** The page as text. */
  render<Name extends PageName>(name: Name, page: PageContexts[Name], frame: PageFrame): string;
  /** The wording of the language this request is answered in. */
  wording(ctx: Context): Wording;
}

/** What all pages have in common. */
export interface PageFrame {
  readonly wording: Wording;
  readonly csrfToken: string;
  /** Of the person signed in. */
  readonly user: Pick<User, 'displayName' | 'role'> | undefined;
  /** What a form did that led here. */
  readonly done: Done | undefined;
  /** Whether forms that matter ask for the password again. */
  readonly standing: 'fresh' | 'stale';
  /** Whether a directory with a page of its own can vouch for the person once more. */
  readonly provesElsewhere: boolean;
  /** Where the language switch comes back to. */
  readonly here: string;
  /** The page's own path, to mark it in the menu. */
  readonly path: string;
}

export interface PagesDeps {
  /** Folder of the templates and catalogues. */
  readonly views: string;
  readonly assets: Assets;
  readonly csrf: Csrf;
  readonly clock: Clock;
  /** Asked for each page: an administrator may change it. */
  readonly branding: () => Branding;
}

export function createPages({ views, assets, csrf, branding, clock }: PagesDeps): Pages {
  const wordings = loadMessages(path.join(views, 'locales'));
  const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(views), {
    autoescape: true,
    throwOnUndefined: true, // A typo in a template is a failing test, not an empty cell.
    trimBlocks: true,
    lstripBlocks: true,
  });
  environment.addGlobal('asset', (name: string) => assets.url(name));
  environment.addGlobal('assetIfBuilt', (name: string) => assets.find(name) ?? '');
  environment.addGlobal('ruleVocabulary', vocabulary('mapping', 'known'));

  const wording = (ctx: Context) => wordings(languageOf(ctx));

  const render: Pages['render'] = (name, page, frame) => {
    const house = branding();
    const html = environment.render(`pages/${name}.njk`, {
      ...page,
      ...words(frame.wording),
      page: name,
      frame: {
        ...frame,
        language: frame.wording.language,
        languages: LANGUAGES,
        branding: house,
        initial: initialOf(house.name),
        adminMenu: adminMenu(permissionsOf(frame.user?.role)),
        may: (permission: Permission) => permissionsOf(frame.user?.role).includes(permission),
        brandStylesheet: assets.add('brand.css', brandStylesheet(house.color)),
      },
    });
    return html.trimStart(); // What stands above `extends` leaves its line breaks behind.
  };

  return {
    wording,
    render,
    show(ctx, name, page, origins = {}) {
      const logo = logoOrigin(branding());
      const image = [...(logo === undefined ? [] : [logo]), ...(origins.image ?? [])];
      allowOrigins(ctx, { ...origins, image });
      const signedIn = findSignedIn(ctx);
      const user = signedIn?.user;
      const isStale = signedIn?.session && !isFresh(signedIn.session, clock.now());
      const body = render(name, page, {
        wording: wording(ctx),
        csrfToken: csrf.token(ctx),
        user: user && { displayName: user.displayName, role: user.role },
        here: here(ctx),
        path: ctx.path,
        done: readDone(ctx),
        standing: isStale ? 'stale' : 'fresh',
        provesElsewhere: signedIn?.session?.methods.includes('oidc') ?? false,
      });
      ctx.set('Content-Language', languageOf(ctx));
      ctx.type = 'html';
      ctx.body = body;
    },
  };
}

/** The functions templates say things with. */
function words(wording: Wording) {
  return {
    t: wording.text,
    rich: (key: string, values: Record<string, string | number>) =>
      new nunjucks.runtime.SafeString(wording.parts(key, values).map(markUp).join('')),
    mistake(message: string) {
      const { text, language } = faultWords(wording, message);
      return new nunjucks.runtime.SafeString(`<bdi lang="${language}">${escape(text)}</bdi>`);
    },
    dateTime: wording.dateTime,
    ago: wording.ago,
    duration: wording.duration,
    initialOf,
  };
}

/** Sets a value off from the words, whatever direction it is written in. */
function markUp({ text, kind }: MessagePart): string {
  return kind === 'value' ? `<bdi class="value">${escape(text)}</bdi>` : escape(text);
}

function escape(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** The first character a reader would see, for a badge. */
function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name.trim());
  return first?.segment.toLocaleUpperCase() ?? '·';
}
