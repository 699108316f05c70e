import {
  IMPORT_STATES,
  type ImportFault,
  ROW_CODES,
  ROW_OUTCOMES,
} from '../../../src/domain/user-import.ts';
import type { PeoplePages } from '../../../src/http/page-contexts/people.ts';
import { NOW } from '../../factories.ts';
import type { SamplesOf } from './samples-of.ts';

const IMPORT_FAULTS: readonly ImportFault[] = [
  'column_twice',
  'column_unknown',
  'empty',
  'encoding',
  'no_username',
  'password_column',
  'syntax',
  'too_many',
];
const ID = '0b7c0d3e-4a55-4e0d-9d0e-0d6a7b1c2f10';

export function importSamples(
  text: string,
): SamplesOf<Pick<PeoplePages, 'admin-imports' | 'admin-import'>> {
  const machine = { curl: text, yaml: undefined };
  return {
    'admin-imports': [
      {
        machine,
        problem: undefined,
        mayMail: true,
        imports: IMPORT_STATES.map((state) => ({
          id: ID,
          fileName: text,
          state,
          total: 3,
          createdAt: NOW,
          by: text,
        })),
        nextHref: '/admin/imports?after=x',
        now: NOW,
      },
      ...IMPORT_FAULTS.map((fault) => ({
        machine,
        problem: { fault, line: 3, column: text, hint: text },
        mayMail: true,
        imports: [],
        nextHref: undefined,
        now: NOW,
      })),
      {
        machine,
        problem: { fault: 'column_unknown' as const, line: 0, column: text, hint: '' },
        mayMail: true,
        imports: [],
        nextHref: undefined,
        now: NOW,
      },
    ],
    'admin-import': IMPORT_STATES.map((state) => ({
      machine,
      id: ID,
      fileName: text,
      state,
      options: { existing: 'change' as const, groups: 'make' as const, links: 'none' as const },
      by: text,
      total: 100,
      processed: 40,
      counts: { created: 30, error: 10 },
      outcome: '' as const,
      unsent: 3,
      mayMail: state === 'done',
      rows: [
        ...ROW_CODES.map((code) => ({
          line: 3,
          username: text,
          outcome: 'error' as const,
          code,
          detail: text,
          faults: code === 'field' ? [{ field: text, message: text }] : [],
          userId: undefined,
        })),
        ...ROW_OUTCOMES.map((outcome) => ({
          line: 3,
          username: text,
          outcome,
          code: undefined,
          detail: text,
          faults: [],
          userId: ID,
        })),
        {
          line: 3,
          username: text,
          outcome: undefined,
          code: undefined,
          detail: undefined,
          faults: [],
          userId: undefined,
        },
      ],
      nextHref: '/admin/imports/x?after=x',
    })),
  };
}
