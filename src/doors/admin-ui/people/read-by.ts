import { asCurl } from '../../../http/as-curl.ts';
import type { MachineForm } from '../../../http/page-contexts/admin.ts';
import type { PeopleDeps } from './deps.ts';

/** What a program reads in place of a page; it is no part of the configuration. */
export function readBy({ publicUrl }: Pick<PeopleDeps, 'publicUrl'>, path: string): MachineForm {
  return { curl: asCurl(publicUrl(), { method: 'GET', path }), yaml: undefined };
}
