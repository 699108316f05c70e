/**
 * Requests that hang together: what one answer says, the next request repeats.
 *
 * @module
 */

export interface Step {
  /**
   * HTTP/1.1 as it goes over the wire, with `{{name}}` in place of what was kept, and
   * `{{length}}` in place of the length of the body.
   */
  readonly request: string;
  /** Of a right answer. */
  readonly status: number;
  /** Name → a regular expression whose first group finds it in the answer. */
  readonly keeps?: Readonly<Record<string, string>>;
}

/** The same connection follows it again and again. It counts as one answer each time. */
export interface Flow {
  /** Before the first time. */
  readonly once: readonly Step[];
  readonly again: readonly Step[];
}

export type Heard =
  | { readonly next: string }
  | { readonly next: undefined; readonly isRight: boolean };

export interface Walk {
  /** The first request. */
  begin(): string;
  /** What the answer leads to: another request, or the end. */
  hear(status: number, answer: string): Heard;
}

export function createWalk({ once, again }: Flow): Walk {
  const kept = new Map<string, string>();
  let steps = [...once, ...again];
  let at = 0;
  const end = (isRight: boolean): Heard => {
    // What went wrong before the flow could be repeated is done anew.
    if (isRight) steps = [...again];
    return { next: undefined, isRight };
  };
  return {
    begin() {
      at = 0;
      return fill(steps[0], kept);
    },
    hear(status, answer) {
      const step = steps[at++];
      if (step?.status !== status) return end(false);
      for (const [name, pattern] of Object.entries(step.keeps ?? {})) {
        const found = new RegExp(pattern).exec(answer)?.[1];
        if (found === undefined) return end(false);
        kept.set(name, found);
      }
      return at < steps.length ? { next: fill(steps[at], kept) } : end(true);
    },
  };
}

function fill(step: Step | undefined, kept: ReadonlyMap<string, string>): string {
  const { request = '' } = step ?? {};
  if (!request.includes('{{')) return request;
  const filled = request.replaceAll(/\{\{(\w+)\}\}/g, (whole, name) => kept.get(name) ?? whole);
  const body = filled.slice(filled.indexOf('\r\n\r\n') + 4);
  return filled.replace('{{length}}', String(body.length));
}
