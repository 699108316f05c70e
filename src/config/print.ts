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

**In place of a bridge.** Two of \`JITSI_SECRET\`, \`JITSI_URL\` and \`JITSI_SUB\` say that this is the
environment of jitsi-openid, and \`NAME_KEY\`, \`PREJOIN\`, \`DEEPLINK\` or \`LOBBY_BYPASS_KEY\` beside them
that it is jitsi-go-openid's. Then \`BASE_URL\` stands for \`PUBLIC_URL\`, and \`LISTEN_ADDR\` for \`HOST\` and \`PORT\`,
where those are not set; the rest becomes the issuer \`main\` and the upstream \`sso\`, once, and again
when one of these variables changes ([migrate.md](migrate.md#jitsi-openid)).
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
