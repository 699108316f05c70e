import type { Middleware } from 'koa';
import { writeConfig } from '../../http/config-text.ts';
import { permissionsOf } from '../../domain/permissions.ts';
import { asCurl } from '../../http/as-curl.ts';
import type { Pages } from '../../http/pages.ts';
import { requireSignedIn } from '../../http/session.ts';
import { exportReadable } from '../../operations/export-readable.ts';
import type { Stores } from '../../stores/index.ts';
import { type AdminRoute, get } from './route.ts';

export interface ExportDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly pages: Pages;
  readonly publicUrl: () => URL;
}

export function exportRoutes(deps: ExportDeps): readonly AdminRoute[] {
  return [
    get('/admin/export', 'settings:read', showExport(deps)),
    get('/admin/export/roomkey.yaml', 'settings:read', downloadExport(deps)),
  ];
}

/** What the file is good for, before it is taken. */
function showExport({ pages, publicUrl }: ExportDeps): Middleware {
  return (ctx) => {
    const curl = asCurl(publicUrl(), { method: 'GET', path: '/api/v1/config' });
    pages.show(ctx, 'admin-export', { machine: { curl, yaml: undefined } });
  };
}

function downloadExport({ stores }: ExportDeps): Middleware {
  return async (ctx) => {
    const { user } = requireSignedIn(ctx);
    const config = await exportReadable(stores, permissionsOf(user.role));
    ctx.attachment('roomkey.yaml');
    ctx.type = 'application/yaml';
    ctx.body = writeConfig(config);
  };
}
