import { UPSTREAM_TYPES, type UpstreamType } from '../../../src/domain/upstreams/upstream.ts';
import { fieldsOf } from '../../../src/doors/admin-ui/upstreams/fields.ts';
import { firstValues, upstreamForm } from '../../../src/doors/admin-ui/upstreams/form.ts';
import type { UpstreamPages } from '../../../src/http/page-contexts/upstreams.ts';
import type { SamplesOf } from './samples-of.ts';

/** With `text` wherever somebody else's text can stand. */
export function upstreamSamples(text: string): SamplesOf<UpstreamPages> {
  const machine = { curl: text, yaml: text };
  const subject = (type: UpstreamType) => ({ slug: 'company', name: text, type, disabled: true });
  const page = (type: UpstreamType) => {
    const names = ['slug', ...fieldsOf(type).map(({ name }) => name)];
    const values = Object.fromEntries(names.map((name) => [name, text]));
    const issues = names.map((path) => ({ path, message: text, hint: text }));
    return {
      type,
      etag: '"x"',
      mayWrite: true,
      people: 12_345,
      callbackUrl:
        type === 'oidc' ? 'https://auth.example.org/upstream/company/callback' : undefined,
      machine,
      current: subject(type),
      form: upstreamForm(type, values, { issues }),
    };
  };
  const fresh = (type: UpstreamType) => ({
    ...page(type),
    current: undefined,
    form: upstreamForm(type, firstValues(type), {}),
    machine: undefined,
  });
  const list = { mayWrite: true, machine };
  return {
    'admin-upstreams': [
      {
        ...list,
        upstreams: UPSTREAM_TYPES.map((type) => ({ ...subject(type), host: text, people: 3 })),
      },
      { ...list, mayWrite: false, upstreams: [] },
    ],
    'admin-upstream': [
      ...UPSTREAM_TYPES.flatMap((type) => [page(type), fresh(type)]),
      { ...page('oidc'), mayWrite: false },
    ],
  };
}
