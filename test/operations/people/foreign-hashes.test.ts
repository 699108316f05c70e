import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../../src/domain/permissions.ts';
import {
  beginImport,
  findImport,
  layDownImport,
  startImport,
  workOnImports,
} from '../../../src/operations/people/import/import-users.ts';
import { toImportRows } from '../../../src/operations/people/import/import-rows.ts';
import { testApp } from '../../support/app.ts';

const app = await testApp();
const author = { actor: { actorName: 'cli' }, permissions: PERMISSIONS };
const work = () => workOnImports({ ...app.context, sendLink: undefined });
const OPTIONS = { existing: 'change', groups: 'make', links: 'none' } as const;
/** Of the alphabet in small letters. */
const BCRYPT = '$2y$10$fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq';

describe('an import from another system', () => {
  it('lets people sign in with the password they had, and hashes it anew', async () => {
    const rows = toImportRows([{ line: 1, cells: { username: 'ada', passwordHash: BCRYPT } }]);
    const input = {
      fileName: 'htpasswd',
      rows,
      options: { ...OPTIONS, hashes: 'any' as const },
      ...author,
    };
    const { id } = await layDownImport(app.context, input);
    await work();
    await startImport(app.context, { id, ...author });
    await work();
    expect(await findImport(app.context, id)).toMatchObject({
      state: 'done',
      counts: { created: 1 },
    });

    const wrong = app.visitor();
    await expect(wrong.signIn('ada', 'abcdefghijklmnopqrstuvwxyZ')).rejects.toThrow('401');
    await app.visitor().signIn('ada', 'abcdefghijklmnopqrstuvwxyz');
    const found = await app.stores.users.findByLoginName('ada');
    expect(found?.passwordHash).toMatch(/^\$argon2id\$/);
    await app.visitor().signIn('ada', 'abcdefghijklmnopqrstuvwxyz');
  });

  it('is the only one that may bring such hashes', async () => {
    const bytes = Buffer.from(`username,passwordHash\nlinus,${BCRYPT}\n`);
    const { id } = await beginImport(app.context, {
      fileName: 'x',
      bytes,
      options: OPTIONS,
      ...author,
    });
    await work();
    const { items } = await app.stores.imports.rows({ id, limit: 10 });
    expect(items[0]).toMatchObject({ outcome: 'error', code: 'field' });
    expect(items[0]?.detail).toMatch(/^passwordHash /);
  });
});
