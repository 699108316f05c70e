/**
 * Audit rows as files: for spreadsheets, and for programs.
 *
 * @module
 */
import type { StoredAuditEvent } from './audit-event.ts';
import { csvLine } from './csv.ts';

export const AUDIT_FORMATS = ['csv', 'json', 'jsonl'] as const;
/** `jsonl`: one JSON object a line. */
export type AuditFormat = (typeof AUDIT_FORMATS)[number];

export const CONTENT_TYPES = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
  jsonl: 'application/x-ndjson; charset=utf-8',
} as const;

const FIELDS = [
  'id',
  'at',
  'type',
  'actorId',
  'actorName',
  'targetType',
  'targetId',
  'targetName',
  'issuerId',
  'room',
  'role',
  'reason',
  'rule',
  'kid',
  'jti',
  'ip',
  'requestId',
  'details',
] as const satisfies readonly (keyof StoredAuditEvent)[];

/** As JSON has it; what is absent is null. */
export function auditToJson(event: StoredAuditEvent): Readonly<Record<string, unknown>> {
  return Object.fromEntries(FIELDS.map((field) => [field, event[field] ?? null]));
}

/** A whole file, piece by piece. */
export async function* writeAudit(
  batches: AsyncIterable<readonly StoredAuditEvent[]>,
  format: AuditFormat,
): AsyncGenerator<string> {
  if (format === 'csv') {
    yield csvLine(FIELDS);
    for await (const batch of batches)
      yield batch.map((event) => csvLine(FIELDS.map((field) => event[field]))).join('');
    return;
  }
  const lines = format === 'jsonl';
  let isFirst = true;
  if (!lines) yield '[';
  for await (const batch of batches) {
    const written = batch.map((event) => JSON.stringify(auditToJson(event)));
    if (lines) yield `${written.join('\n')}\n`;
    else yield `${isFirst ? '' : ','}\n${written.join(',\n')}`;
    isFirst = false;
  }
  if (!lines) yield '\n]\n';
}
