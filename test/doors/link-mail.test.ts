import { beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import type { User } from '../../src/domain/user.ts';
import { testApp } from '../support/app.ts';
import { mailServer } from '../support/mail-server.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const { mails, refused, port } = await mailServer();
const SMTP_URL = `smtp://roomkey:pass%20word@127.0.0.1:${port}`;
const MAIL_FROM = 'Meetings <roomkey@example.org>';
const app = await testApp({ SMTP_URL, MAIL_FROM });
let manager: Visitor;

beforeAll(async () => {
  const mona = await app.addUser({ username: 'mona', role: 'user_manager' });
  await app.givePassword(mona);
  manager = app.visitor();
  await manager.signIn('mona', PASSWORD);
});

const invite = (user: User, fields = { mail: 'yes' }) =>
  manager.submit(`/admin/users/${user.id}/invite`, fields, { page: `/admin/users/${user.id}` });
const linkIn = (text: string) =>
  /https:\/\/auth\.example\.org\/password\/[\w-]{43}/.exec(text)?.[0];

describe('a link for a password, by mail', () => {
  it('goes to the address alone, in the person’s language, and works', async () => {
    const ada = await app.addUser({
      username: 'ada',
      displayName: 'Ada, Countess <of> "L"',
      email: 'ada@example.org',
      language: 'de',
    });
    const answer = await invite(ada);
    expect(answer.text).toContain('Sent to ada@example.org.');
    const [mail] = mails.splice(0);
    expect(mail).toMatchObject({ from: 'roomkey@example.org', to: ['ada@example.org'] });
    expect(mail?.text).toContain('Guten Tag Ada, Countess <of> "L",');
    const link = linkIn(mail?.text ?? '');
    expect(link).toBe(linkIn(answer.text));
    expect((await app.visitor().get(new URL(link ?? '').pathname)).status).toBe(200);
    expect(app.log()).not.toContain('ada@example.org');
  });

  it('is not sent when nobody asks for it, or there is no address', async () => {
    const eve = await app.addUser({ username: 'eve', email: 'eve@example.org' });
    expect((await invite(eve, {} as never)).text).toContain('/password/');
    const bob = await app.addUser({ username: 'bob' });
    expect((await invite(bob)).text).toContain('/password/');
    expect(mails).toEqual([]);
  });

  it('is shown all the same when the server refuses it; the log says so without the address', async () => {
    refused.add('gone@example.org');
    const gone = await app.addUser({ username: 'gone', email: 'gone@example.org' });
    const answer = await invite(gone);
    expect(answer.text).toContain('The mail to gone@example.org could not be sent.');
    expect(linkIn(answer.text)).toBeDefined();
    expect(app.log()).toContain('a mail was not sent');
    expect(app.log()).toContain('550');
    for (const secret of ['gone@example.org', 'pass word', 'pass%20word'])
      expect(app.log()).not.toContain(secret);
  });

  it('is sent for a machine that asks', async () => {
    const root = await app.addUser({ username: 'root', role: 'administrator' });
    const key = await app.apiKey(['users:write'], root);
    await app.addUser({ username: 'lin', email: 'lin@example.org' });
    const ask = (body: object) => app.api('POST', '/api/v1/users/lin/password-link', { key, body });
    expect((await ask({})).json.mailed).toBe(false);
    expect((await ask({ mail: true })).json.mailed).toBe(true);
    expect(mails.splice(0)).toMatchObject([{ to: ['lin@example.org'] }]);
  });
});

describe('the settings of mail', () => {
  const load = (settings: Record<string, string>) => () =>
    loadConfig({ ROOMKEY_SECRET: '07'.repeat(32), ...settings });

  it.each([
    [{ SMTP_URL }, 'MAIL_FROM is required with SMTP_URL'],
    [{ MAIL_FROM }, 'SMTP_URL is required with MAIL_FROM'],
    [{ SMTP_URL: 'http://u:s3cret@x', MAIL_FROM }, 'SMTP_URL must be smtp://'],
    [{ SMTP_URL, MAIL_FROM: 'a@b, c@d' }, 'MAIL_FROM must be an e-mail address'],
    [{ SMTP_URL, MAIL_FROM: 'a@b\r\nBcc: c@d' }, 'MAIL_FROM must be an e-mail address'],
  ])('refuse %j', (settings, words) => {
    expect(load(settings)).toThrow(words);
    expect(load(settings)).not.toThrow('s3cret');
  });

  it('may be left out', () => {
    expect(load({})().mail).toBeUndefined();
  });
});
