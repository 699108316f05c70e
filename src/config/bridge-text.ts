/**
 * What a bridge's settings come to, as a configuration file, and what the checks of such a file
 * say of it in the bridge's own words.
 *
 * @module
 */
import { Document, isMap, isScalar } from 'yaml';
import { printPath } from '../domain/config-file/mistake.ts';
import type { BridgeConfig, BridgeReading } from '../domain/bridges/reading.ts';
import type { LocatedMistake } from './config-file.ts';

/** The secrets of such a file: that of the tokens, and the client's. */
const SECRETS = ['secret', 'clientSecret'];

interface Writing {
  /** The bridge's name. */
  readonly from: string;
  /** In clear, or a comment in their place: `apply` then asks for them. */
  readonly secrets: 'shown' | 'left out';
}

/** As a file that `apply` reads. */
export function writeBridgeConfig(config: BridgeConfig, { from, secrets }: Writing): string {
  const document = new Document(config);
  document.commentBefore = ` From the settings of ${from}. Read by: roomkey apply FILE`;
  if (secrets === 'left out')
    for (const section of ['upstreams', 'issuers']) {
      const entry = document.getIn([section, 0]);
      if (!isMap(entry)) continue;
      for (const name of SECRETS) {
        const place = entry.items.findIndex(({ key }) => isScalar(key) && key.value === name);
        if (place < 0) continue;
        entry.items.splice(place, 1);
        const next = entry.items[place]?.key;
        if (isScalar(next)) next.commentBefore = ` ${name}: left out; --out FILE writes it`;
      }
    }
  return document.toString({ lineWidth: 100 });
}

type Mistake = Pick<LocatedMistake, 'path' | 'message' | 'hint'>;

/**
 * A sentence each, beginning with the setting it came from, where there is one. What several keys
 * have from one setting is said once.
 */
export function inBridgeWords(
  mistakes: readonly Mistake[],
  origins: BridgeReading['origins'],
): readonly string[] {
  return [...new Set(mistakes.map((mistake) => inWords(mistake, origins)))];
}

function inWords({ path, message, hint }: Mistake, origins: BridgeReading['origins']): string {
  const place = printPath(path);
  const whole = Object.keys(origins).sort((a, b) => b.length - a.length);
  const origin = whole.find(
    (key) => place === key || (/^[.[]/.test(place.slice(key.length)) && place.startsWith(key)),
  );
  const said = `${origin === undefined ? place : origins[origin]} ${message}`;
  return hint === undefined ? said : `${said} (${hint})`;
}
