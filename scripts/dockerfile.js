/**
 * Reads a Dockerfile of the few instructions ours needs, and refuses any other: what cannot be
 * replayed must not be written.
 *
 * @module
 */

/**
 * @typedef {{ readonly instruction: string, readonly flags: Readonly<Record<string, string>>,
 *   readonly words: readonly string[], readonly text: string }} Step
 *   `words` are the arguments, of the JSON form too; `text` is the line after its instruction.
 *
 * @typedef {{ readonly image: string, readonly name: string, readonly steps: readonly Step[] }} Stage
 */

const INSTRUCTIONS = [
  'WORKDIR',
  'COPY',
  'RUN',
  'ENV',
  'USER',
  'VOLUME',
  'EXPOSE',
  'HEALTHCHECK',
  'ENTRYPOINT',
  'CMD',
];

/**
 * @param {string} source
 * @returns {readonly Stage[]} In order; the last one is the image.
 * @throws {Error} With the line, for anything it does not understand.
 */
export function parseDockerfile(source) {
  /** @type {{ image: string, name: string, steps: Step[] }[]} */
  const stages = [];
  for (const { line, number } of linesOf(source)) {
    const { instruction, step } = readLine(line, number);
    if (instruction === 'FROM') {
      const [image = '', , name = ''] = step.words;
      stages.push({ image, name, steps: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (!stage) throw new Error(`Dockerfile:${number}: ${instruction} before FROM`);
    stage.steps.push(step);
  }
  return stages;
}

/** @param {string} source */
function linesOf(source) {
  return source
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'));
}

/**
 * @param {string} line
 * @param {number} number
 */
function readLine(line, number) {
  const [, instruction = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
  const isKnown = instruction === 'FROM' || INSTRUCTIONS.includes(instruction);
  if (!isKnown || line.endsWith('\\'))
    throw new Error(`Dockerfile:${number}: not understood: ${line}`);
  /** @type {Record<string, string>} */
  const flags = {};
  const text = rest.replace(/^(?:--[a-z-]+=\S+\s+)+/, (all) => {
    for (const [, name = '', value = ''] of all.matchAll(/--([a-z-]+)=(\S+)/g)) flags[name] = value;
    return '';
  });
  return { instruction, step: { instruction, flags, words: wordsOf(instruction, text), text } };
}

/**
 * @param {string} instruction
 * @param {string} text
 * @returns {readonly string[]}
 */
function wordsOf(instruction, text) {
  const json = instruction === 'HEALTHCHECK' ? text.replace(/^CMD\s+/, '') : text;
  return json.startsWith('[') ? JSON.parse(json) : text.split(/\s+/);
}

/**
 * Whether a .dockerignore of the kind that keeps all away but what it names lets a path through.
 *
 * @param {string} ignored The text of the .dockerignore.
 * @param {string} name A path of the context, as COPY names it.
 * @throws {Error} For a pattern of any other kind.
 */
export function isSent(ignored, name) {
  const [all, ...exceptions] = linesOf(ignored).map(({ line }) => line);
  const stranger = exceptions.find((line) => !/^![\w.-]+$/.test(line));
  if (all !== '*' || stranger !== undefined)
    throw new Error(`.dockerignore: not understood: ${stranger ?? all}`);
  return exceptions.includes(`!${name.split('/')[0]}`);
}
