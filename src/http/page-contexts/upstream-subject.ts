import type { UpstreamType } from '../../domain/upstreams/upstream.ts';

/** Which directory a page is about. */
export interface UpstreamSubject {
  readonly slug: string;
  readonly name: string;
  readonly type: UpstreamType;
  readonly disabled: boolean;
}
