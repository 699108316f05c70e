import type { StopPages } from '../../../src/http/page-contexts/stops.ts';
import { NOW } from '../../factories.ts';
import { listSample } from './admin.ts';
import type { SamplesOf } from './samples-of.ts';

/** With `text` wherever somebody else's text can stand. */
export function stopSamples(text: string): SamplesOf<StopPages> {
  const machine = { curl: text, yaml: undefined, view: text };
  const stop = {
    id: '0b7c0d3e-4a55-4e0d-9d0e-0d6a7b1c2f11',
    kind: 'room',
    name: text,
    room: text,
    reason: text,
    state: 'in_force',
    createdAt: NOW,
    createdBy: text,
    endsAt: NOW,
    liftedAt: undefined,
    liftedBy: undefined,
  } as const;
  const lifted = {
    ...stop,
    kind: 'user',
    room: undefined,
    state: 'lifted',
    endsAt: undefined,
    liftedAt: NOW,
    liftedBy: text,
  } as const;
  const ended = { ...stop, kind: 'issuer', room: undefined, state: 'ended' } as const;
  const values = { user: text, issuer: 'main', room: text, reason: text, lasts: '3600' };
  const outstanding = { count: 3, lastExpiresAt: NOW };
  const none = { count: 0, lastExpiresAt: undefined };
  const issuers = [{ slug: 'main', name: text }];
  const list = listSample(text);
  return {
    'admin-stops': [
      {
        stops: [stop, lifted, ended],
        list,
        sort: 'name',
        now: NOW,
        mayStop: true,
        machine,
      },
      {
        stops: [],
        list: { ...list, q: '', firstHref: undefined, nextHref: undefined },
        sort: 'created',
        now: NOW,
        mayStop: false,
        machine,
      },
    ],
    'admin-stop-new': [
      { values, faults: {}, issuers, outstanding, now: NOW, machine },
      {
        values,
        faults: { user: true, issuer: true, room: true, reason: true },
        issuers: [],
        outstanding: undefined,
        now: NOW,
        machine,
      },
    ],
    'admin-stop': [
      { stop, outstanding, now: NOW, mayStop: true, historyHref: '/admin/audit?x=y', machine },
      { stop: lifted, outstanding: none, now: NOW, mayStop: true, historyHref: '/admin', machine },
      { stop: ended, outstanding: none, now: NOW, mayStop: false, historyHref: '/admin', machine },
    ],
  };
}
