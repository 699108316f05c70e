/**
 * Prints `docs/configuration.md` from the table of settings.
 *
 * @module
 */
import { z } from 'zod';
import { environmentSchema } from './schema.ts';

const aboutSchema = z.looseObject({
  section: z.string(),
  meaning: z.string(),
  fallback: z.string().optional(),
  otherwise: z.string().optional(),
});
type About = z.output<typeof aboutSchema>;

const HEAD = `# Settings of the environment

<!-- Printed from src/config/schema.ts by \`npm run docs\`: edit there. -->

How a process of Roomkey runs. Every variable may also be given as \`NAME_FILE\`, the name of a file
that holds the value (Docker and Kubernetes secrets). An empty variable is not set. All mistakes are
told at once, and \`roomkey config check\` tells them without starting anything.

What Roomkey *serves* (people, groups, issuers, rules) is no setting of the environment: it lives in
the database, and \`roomkey apply FILE.yaml\` declares it. \`config/demo.yaml\` is such a file, with a
comment for each key; \`keyRotationDays\` of an issuer is how often its signing keys rotate by
themselves (never, unless it is given).
`;

export function printConfiguration(): string {
  const settings = Object.entries(environmentSchema.shape).map(([name, kind]) => ({
    name,
    about: aboutSchema.parse(kind.meta()),
  }));
  const sections = new Set(settings.map(({ about }) => about.section));
  const printed = [...sections].map((section) => {
    const rows = settings
      .filter(({ about }) => about.section === section)
      .map(({ name, about }) => `| \`${name}\` | ${printDefault(about)} | ${about.meaning} |`);
    return `## ${section}\n\n| variable | default | meaning |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return [HEAD, ...printed].join('\n');
}

function printDefault({ fallback, otherwise }: About): string {
  if (otherwise !== undefined) return otherwise;
  return fallback ? `\`${fallback}\`` : 'none';
}
