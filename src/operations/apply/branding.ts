import { BRANDING_SETTING, readBranding } from '../../domain/branding.ts';
import { compareFields } from '../../domain/config-file/change.ts';
import { changedValues, type PlanContext, type Step, writeDown } from './plan.ts';

/** The house's look becomes what the file says; absent keys are the default. */
export async function planBranding(context: PlanContext): Promise<Step[]> {
  const { tx, file, now } = context;
  const { branding } = file;
  if (!branding) return [];
  const stored = await tx.settings.find(BRANDING_SETTING);
  const fields = compareFields(readBranding(stored), branding);
  if (fields.length === 0) return [];

  const change = { kind: 'changed', what: 'branding', name: branding.name, fields } as const;
  return [
    {
      change,
      async write() {
        await tx.settings.set(BRANDING_SETTING, branding, now);
        const details = changedValues(change);
        await writeDown(context, 'settings.updated', { targetName: BRANDING_SETTING, details });
      },
    },
  ];
}
