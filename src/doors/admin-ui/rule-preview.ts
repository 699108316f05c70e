/**
 * What a form with rules does when it is asked before it is saved: the buttons of `ruleChecks` in
 * `views/components/rules.njk`.
 *
 *     const preview = await readPreview(deps, { issuer: slug, fields, draft });
 *     if (preview) return showForm(ctx, { …fields as typed, preview });
 *
 * @module
 */
import { isDomainError } from '../../domain/errors.ts';
import { ROLE_CHANGES, type RoleChange } from '../../domain/explain/impact.ts';
import type {
  PreviewFault,
  PreviewFound,
  RulePreview,
} from '../../http/page-contexts/rule-preview.ts';
import { checkDraft } from '../../operations/check-expression.ts';
import { type ExplainDeps, explain } from '../../operations/explain.ts';
import { type ImpactDeps, impactOfRules } from '../../operations/impact-of-rules.ts';
import type { IssuerFields } from '../../operations/save-issuer.ts';

export interface RulePreviewDeps extends ExplainDeps, ImpactDeps {
  readonly stores: ExplainDeps['stores'] & ImpactDeps['stores'];
  readonly catalog: ExplainDeps['catalog'];
  readonly clock: ExplainDeps['clock'];
}

export interface PreviewInput {
  /** Slug of the issuer whose rules they are. */
  readonly issuer: string;
  /** As the form was sent: `preview`, `preview.room`, `preview.user`. */
  readonly fields: Readonly<Record<string, string>>;
  /** The change, by the names of the configuration file. */
  readonly draft: IssuerFields;
}

/**
 * `undefined` when none of the buttons was pressed: then the form is to be saved.
 *
 * @throws {DomainError} `input_invalid` with the mistakes of the draft, to be shown as on saving;
 *   `issuer_not_found`.
 */
export async function readPreview(
  deps: RulePreviewDeps,
  { issuer, fields, draft }: PreviewInput,
): Promise<RulePreview | undefined> {
  const asked = fields['preview'];
  if (asked === undefined) return undefined;
  await checkDraft(deps, { issuer, draft });
  const { room, user } = previewAsTyped(fields);
  return { room, user, found: await find(deps, { asked, issuer, draft, room, user }) };
}

/** For a form that is shown again with its mistakes: room and person stay. */
export function previewAsTyped(fields: PreviewInput['fields']): RulePreview {
  const room = fields['preview.room']?.trim() ?? '';
  const user = fields['preview.user']?.trim() ?? '';
  return { room, user, found: { kind: 'nothing' } };
}

interface Question {
  readonly asked: string;
  readonly issuer: string;
  readonly draft: IssuerFields;
  readonly room: string;
  readonly user: string;
}

async function find(deps: RulePreviewDeps, question: Question): Promise<PreviewFound> {
  const { asked, issuer, draft, room, user } = question;
  const more = readMore(asked);
  try {
    if (asked === 'token') {
      if (user === '') return { kind: 'fault', field: 'user', fault: 'missing' };
      const subject = { kind: 'known', name: user } as const;
      return { kind: 'token', explanation: await explain(deps, { issuer, draft, room, subject }) };
    }
    if (asked !== 'impact' && !more) return { kind: 'right' };
    const impact = await impactOfRules(deps, { issuer, draft, room, more });
    return { kind: 'impact', impact, only: more?.change };
  } catch (error) {
    const fault = isDomainError(error) ? FAULTS[error.code] : undefined;
    if (!fault) throw error;
    return { kind: 'fault', ...fault };
  }
}

const FAULTS: Readonly<
  Record<string, { readonly field: 'room' | 'user'; readonly fault: PreviewFault }>
> = {
  room_missing: { field: 'room', fault: 'missing' },
  room_invalid: { field: 'room', fault: 'room_invalid' },
  user_not_found: { field: 'user', fault: 'user_not_found' },
};

/** `more:let_in:{id}`. */
function readMore(asked: string): { change: RoleChange; after: string } | undefined {
  const match = /^more:([a-z_]+):([0-9a-f-]{36})$/.exec(asked);
  const change = ROLE_CHANGES.find((one) => one === match?.[1]);
  return change && match?.[2] ? { change, after: match[2] } : undefined;
}
