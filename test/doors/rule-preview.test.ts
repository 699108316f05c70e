/**
 * The fields and buttons for rules that any form may use, drawn as a form would draw them.
 */
import path from 'node:path';
import nunjucks from 'nunjucks';
import { beforeAll, describe, expect, it } from 'vitest';
import { claimRowsOf, withEmptyRows } from '../../src/doors/admin-ui/rule-form.ts';
import { previewAsTyped, readPreview } from '../../src/doors/admin-ui/rule-preview.ts';
import { vocabulary } from '../../src/domain/rules/vocabulary.ts';
import { faultWords } from '../../src/http/fault-words.ts';
import { LANGUAGES, type Language, loadMessages } from '../../src/http/messages.ts';
import { ruleFault } from '../../src/http/rule-fault.ts';
import { testWorld } from '../support/world.ts';

const world = await testWorld();
const views = path.join(import.meta.dirname, '../../views');
const wordings = loadMessages(path.join(views, 'locales'));
const environment = new nunjucks.Environment(new nunjucks.FileSystemLoader(views), {
  autoescape: true,
  throwOnUndefined: true,
});
environment.addGlobal('assetIfBuilt', () => '');
environment.addGlobal('ruleVocabulary', vocabulary('mapping', 'known'));
const HOSTILE = `"><b>x</b>{{ 7 * 7 }}' onfocus='y`;

function draw(template: string, values: object, language: Language = 'en'): string {
  const { text, parts } = wordings(language);
  const rich = (key: string, some: Record<string, string | number>) =>
    parts(key, some)
      .map((part) => part.text)
      .join('');
  const source = `{% from "components/rules.njk" import ruleField, mappingFields, ruleChecks, ruleHelp with context %}${template}`;
  const mistake = (message: string) => faultWords(wordings(language), message).text;
  return environment.renderString(source, { t: text, rich, mistake, ...values });
}

beforeAll(async () => {
  await world.addIssuer({ useRule: "inGroup('staff')", moderatorRule: "inGroup('chairs')" });
  await world.addUser({ username: 'ada', displayName: 'Ada', groups: ['staff'] });
  await world.addUser({ username: 'eve', displayName: 'Eve', groups: ['guests'] });
  await world.database.knex.raw(
    `insert into users (id, username, display_name, source, attributes, created_at, updated_at)
     select gen_random_uuid(), 'many-' || n, 'Many ' || n, 'local', '{"many": true}', now(), now()
     from generate_series(1, 150) n`,
  );
});

const ask = (preview: string | undefined, draft: object, more: Record<string, string> = {}) =>
  readPreview(world, {
    issuer: 'main',
    draft: { ...draft },
    fields: {
      ...(preview === undefined ? {} : { preview }),
      'preview.room': 'Standup',
      'preview.user': 'ada',
      ...more,
    },
  });

const show = (preview: unknown, language: Language = 'en') =>
  draw('{{ ruleChecks(preview, { action: "/x/preview" }) }}', { preview }, language);

describe('the buttons of a form with rules', () => {
  it('leave saving alone', async () => {
    expect(await ask(undefined, { useRule: "inGrup('x')" })).toBeUndefined();
    expect(show(undefined)).toContain('formaction="/x/preview"');
  });

  it('check the whole draft, and name the mistake as saving would', async () => {
    expect(show(await ask('check', { useRule: '1' }))).toContain('All of it is right.');
    await expect(ask('check', { useRule: "inGrup('x')" })).rejects.toMatchObject({
      code: 'input_invalid',
      details: { issues: [{ path: 'useRule' }] },
    });
  });

  it('show whom a change lets in and shuts out, by name', async () => {
    const text = show(await ask('impact', { useRule: "inGroup('guests')" }));
    expect(text).toContain('1 may enter now, 1 afterwards.');
    expect(text).toMatch(/Let in: 1 person[\s\S]*Eve[\s\S]*Shut out: 1 person[\s\S]*Ada/);
    expect(text).not.toContain('name="preview" value="more:');
  });

  it('go on with a long list', async () => {
    const draft = { useRule: "inGroup('staff') || has(user.attributes.many)" };
    const text = show(await ask('impact', draft));
    const more = /value="(more:let_in:[0-9a-f-]{36})"/.exec(text)?.[1];
    const rest = show(await ask(more, draft));
    const names = (html: string) =>
      [...html.matchAll(/<bdi>(many-\d+)<\/bdi>/g)].map(([, name]) => name);
    expect(new Set([...names(text), ...names(rest)]).size).toBe(150);
    expect(names(rest)).toHaveLength(50);
  });

  it('show what the token would hold, and its size', async () => {
    const draft = { extraClaims: { 'context.user.team': "'blue'" } };
    const text = show(await ask('token', draft));
    expect(text).toMatch(/team<\/code> <code class="claim-value">blue/);
    expect(text).toMatch(/of at most 4,096 bytes/);
    const refused = show(await ask('token', draft, { 'preview.user': 'eve' }));
    expect(refused).toContain('eve may not enter standup');
  });

  it.each([
    ['impact', { 'preview.room': '' }, 'room', 'This is needed.'],
    ['impact', { 'preview.room': 'a/b' }, 'room', 'This is no name of a room.'],
    ['token', { 'preview.user': '' }, 'user', 'This is needed.'],
    ['token', { 'preview.user': 'nobody' }, 'user', 'Nobody has this username'],
  ])('ask for what is missing: %s with %j', async (button, more, field, words) => {
    const text = show(await ask(button, { useRule: '1' }, more));
    expect(text).toMatch(new RegExp(`id="preview\\.${field}-fault">${words}`));
  });

  it('keep room and person where the form has mistakes', () => {
    const text = show(previewAsTyped({ 'preview.room': 'Standup', 'preview.user': 'ada' }));
    expect(text).toMatch(
      /name="preview.room" value="Standup"[\s\S]*name="preview.user" value="ada"/,
    );
    expect(text).not.toContain('aria-invalid');
  });

  it.each(['more:nonsense:x', 'nonsense', ''])('take %j for a check', async (button) => {
    expect((await ask(button, { useRule: '1' }))?.found).toEqual({ kind: 'right' });
  });

  it('say that time ran out', async () => {
    const preview = await ask('impact', { useRule: '1' });
    if (preview?.found.kind !== 'impact') throw new Error('no impact');
    const impact = { ...preview.found.impact, complete: false };
    expect(show({ ...preview, found: { ...preview.found, impact } })).toContain(
      'these numbers are not the whole',
    );
  });
});

describe('the fields', () => {
  it.each(Object.keys(LANGUAGES) as Language[])(
    'draw hostile text as text, in %s',
    async (language) => {
      const fault = ruleFault({ message: HOSTILE, hint: HOSTILE, offset: 3 }, HOSTILE);
      const preview = {
        room: HOSTILE,
        user: HOSTILE,
        found: { kind: 'fault', field: 'room', fault: 'missing' },
      };
      const html = draw(
        `{{ ruleField("useRule", text, text, { fault: fault, hint: text, issuer: text, required: true }) }}
       {{ mappingFields({ name: text }, text, rows, { "mapping.name": fault }, { issuer: "main" }) }}
       {{ ruleChecks(preview) }}{{ ruleHelp() }}`,
        {
          text: HOSTILE,
          fault,
          preview,
          rows: withEmptyRows(claimRowsOf({ extraClaims: { [HOSTILE]: HOSTILE } })),
        },
        language,
      );
      expect(html).not.toMatch(/<b>|49\b|\sonfocus='|undefined/);
      expect(html).toContain('<mark>');
      expect(html).toContain('name="extraClaims.2.value"');
    },
  );

  it('tell line, column and a better word where there is no script', () => {
    const source = "inGroup('a')\n  && rooom == 'x'";
    const fault = ruleFault(
      { message: 'Unknown variable: rooom', hint: 'did you mean room?', offset: 18 },
      source,
    );
    const html = draw('{{ ruleField("useRule", "Use rule", source, { fault: fault }) }}', {
      source,
      fault,
    });
    expect(html).toMatch(
      /Line 2, column 6:[\s\S]*Unknown variable: rooom[\s\S]*did you mean room\?/,
    );
    expect(draw('{{ ruleField("x", "y", "", { fault: fault }) }}', { fault }, 'de')).toContain(
      'Unbekannter Name: rooom: Meinten Sie room?',
    );
    expect(html).toContain('<mark>rooom</mark>');
    expect(html).toContain('aria-describedby="useRule-fault"');
  });
});
