import { asCurl } from '../../../http/as-curl.ts';
import { asYaml } from '../../../http/as-yaml.ts';
import type { MachineForm } from '../../../http/page-contexts/admin.ts';
import type { PeopleDeps } from './deps.ts';

/**
 * What a program reads in place of a page; it is no part of the configuration.
 *
 * @param shown The same as YAML.
 */
export function readBy(
  { publicUrl }: Pick<PeopleDeps, 'publicUrl'>,
  path: string,
  shown?: object,
): MachineForm {
  const view = shown && asYaml(shown);
  return { curl: asCurl(publicUrl(), { method: 'GET', path }), yaml: undefined, view };
}
