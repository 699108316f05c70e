import { CAUSES } from '../../../src/domain/prosody/advice.ts';
import { HANG_SENTENCES, WARNING_SENTENCES } from '../../../src/domain/prosody/sentences.ts';
import type { ProsodyVerdict } from '../../../src/domain/prosody/verify.ts';
import type { InspectPages } from '../../../src/http/page-contexts/inspect.ts';
import type { SamplesOf } from './samples-of.ts';

/** With `text` wherever somebody else's text can stand. */
export function inspectSamples(text: string): SamplesOf<InspectPages> {
  return { 'admin-inspect': pages(text) };
}

function pages(text: string): readonly InspectPages['admin-inspect'][] {
  const values = { token: text, issuer: text, room: text, tenant: text };
  const page = { issuers: [['main', text]] as const, values, faults: {}, inspection: undefined };
  const signedBy = { issuerId: 'x', issuer: text, kid: text, stage: 'active' } as const;
  const [verdict] = verdictSamples(text) as readonly [ProsodyVerdict];
  const settings = { docker: ['JWT_APP_ID'], prosody: ['app_id'], roomkey: ['appId', 'iss'] };
  const lines = CAUSES.map((cause) => ({
    name: 'iss' as const,
    outcome: 'failed' as const,
    seen: text,
    wanted: text,
    advice: { cause, settings },
  }));
  const judged = { issuer: text, room: text, verdict, lines, whenIssued: undefined };
  const inspection = {
    header: text,
    claims: text,
    headerText: text,
    claimsText: text,
    unreadable: undefined,
    bytes: 10,
    signedBy,
    issuers: [{ slug: text, by: ['signature', 'kid', 'iss', 'aud'] as const }],
    judged,
  };
  return [
    page,
    {
      ...page,
      faults: {
        token: 'missing',
        issuer: 'issuer_not_found',
        room: 'room_invalid',
        tenant: 'tenant_invalid',
      },
    },
    { ...page, inspection },
    ...(['next', 'published', 'retired'] as const).map((stage) => ({
      ...page,
      inspection: { ...inspection, signedBy: { ...signedBy, stage } },
    })),
    {
      ...page,
      inspection: {
        ...inspection,
        signedBy: { issuerId: 'x', issuer: undefined, kid: undefined, stage: undefined },
      },
    },
    { ...page, inspection: { ...inspection, signedBy: undefined, issuers: [], judged: undefined } },
    { ...page, inspection: { ...inspection, unreadable: text, signedBy: undefined } },
    ...(['accepted', 'refused', 'hangs'] as const).map((whenIssued) => ({
      ...page,
      inspection: { ...inspection, judged: { ...judged, whenIssued } },
    })),
  ];
}

/** All that Prosody may say. */
export function verdictSamples(text: string): readonly ProsodyVerdict[] {
  const warnings = Object.keys(WARNING_SENTENCES) as (keyof typeof WARNING_SENTENCES)[];
  const checks = (['ok', 'failed', 'skipped'] as const).map((outcome) => ({
    name: 'iss' as const,
    outcome,
    seen: text,
    wanted: text,
  }));
  const rest = { warnings, checks };
  const accepted = {
    verdict: 'accepted',
    role: 'moderator',
    affiliation: 'owner',
    identity: undefined,
    features: [],
    ...rest,
  } as const;
  return [
    ...(['token', 'wait_for_host', 'jicofo_authentication', 'auto_owner'] as const).map(
      (moderatorBy) => ({ ...accepted, moderatorBy }),
    ),
    { ...accepted, role: 'participant', affiliation: 'member', warnings: [] },
    { ...accepted, role: 'visitor', affiliation: 'none' },
    { verdict: 'refused', stage: 'claims', reason: text, condition: 'not-allowed', ...rest },
    ...(Object.keys(HANG_SENTENCES) as (keyof typeof HANG_SENTENCES)[]).map((why) => ({
      verdict: 'hangs' as const,
      where: 'login' as const,
      why,
      ...rest,
    })),
  ];
}
