/**
 * The arrows between layers and the ban on ambient time, chance and settings, as lint rules.
 *
 * `docs/architecture.md` tells why; `test/architecture.test.ts` plants a violation of each and
 * sees it caught.
 *
 * @module
 */
import path from 'node:path';

/** Layer → the layers it may import. A layer may always import itself. */
const MAY_IMPORT = {
  domain: [],
  crypto: ['domain'],
  stores: ['domain', 'crypto'],
  operations: ['domain', 'crypto', 'stores'],
  http: ['domain', 'crypto'],
  doors: ['domain', 'crypto', 'stores', 'operations', 'http'],
  config: ['domain', 'crypto'],
  wiring: ['domain', 'crypto', 'stores', 'operations', 'http', 'doors', 'config'],
  demo: ['domain', 'crypto', 'stores', 'operations', 'http', 'doors', 'config', 'wiring'],
};

/** Layer → the packages it may import, where that is a rule. Everything else may import any. */
const PACKAGES = {
  domain: [/^zod$/, /^@marcbachmann\/cel-js$/, /^ipaddr\.js$/],
  crypto: [/^node:(crypto|util|os)$/, /^jose$/, /^argon2$/],
};

/** Package → the only layers that may import it. */
const ONLY_IN = {
  knex: ['stores'],
  pg: ['stores'],
  '@electric-sql/pglite': ['stores'],
  koa: ['http', 'doors', 'wiring', 'demo'],
  '@koa/router': ['http', 'doors', 'wiring', 'demo'],
  nunjucks: ['http'],
  argon2: ['crypto'],
};

/** Layers whose neighbours may be known by type only. */
const TYPES_ONLY = { operations: ['stores'] };

const SRC = /(?:^|[\\/])src[\\/]([^\\/]+)(?:[\\/]([^\\/]+))?/;

const arrows = {
  create(context) {
    const here = SRC.exec(context.filename);
    const layer = here?.[1];
    if (!layer || !(layer in MAY_IMPORT)) return {};

    const check = (node) => {
      const source = node.source?.value;
      if (typeof source !== 'string') return;
      const typeOnly =
        node.importKind === 'type' ||
        node.exportKind === 'type' ||
        (node.specifiers?.length > 0 && node.specifiers.every((s) => s.importKind === 'type'));
      const message = source.startsWith('.')
        ? wrongNeighbour(source, typeOnly)
        : wrongPackage(source);
      if (message) context.report({ node, message });
    };

    function wrongNeighbour(source, typeOnly) {
      const there = SRC.exec(path.resolve(path.dirname(context.filename), source));
      const target = there?.[1];
      if (!target) return `${layer} reaches outside src/`;
      if (layer === 'doors' && target === 'doors' && here[2] !== there[2])
        return `doors/${here[2]} knows doors/${there[2]}: doors do not know each other`;
      if (target === layer) return undefined;
      if (!MAY_IMPORT[layer].includes(target)) return `${layer} must not import ${target}`;
      if (!typeOnly && TYPES_ONLY[layer]?.includes(target))
        return `${layer} may import only types of ${target}`;
      return undefined;
    }

    function wrongPackage(source) {
      const name = source
        .split('/')
        .slice(0, source.startsWith('@') ? 2 : 1)
        .join('/');
      if (/^oidc-provider\/./.test(source)) return "never oidc-provider's internals";
      if (PACKAGES[layer] && !PACKAGES[layer].some((allowed) => allowed.test(source)))
        return `${layer} must not import ${source}`;
      if (ONLY_IN[name] && !ONLY_IN[name].includes(layer))
        return `${source} belongs to ${ONLY_IN[name].join(', ')}`;
      return undefined;
    }

    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};

const AMBIENT_LAYERS = ['config', 'wiring', 'demo'];
const AMBIENT_MEMBERS = new Set([
  'Date.now',
  'Math.random',
  'process.env',
  'process.argv',
  'performance.now',
  'process.hrtime',
]);
const CHANCE = new Set(['randomBytes', 'randomUUID', 'randomInt', 'getRandomValues']);

const noAmbient = {
  create(context) {
    const layer = SRC.exec(context.filename)?.[1];
    if (!layer || layer === 'main.ts' || AMBIENT_LAYERS.includes(layer)) return {};

    return {
      NewExpression(node) {
        if (node.callee.name === 'Date' && node.arguments.length === 0)
          context.report({ node, message: 'time is handed in: use a Clock' });
      },
      CallExpression(node) {
        if (node.callee.name === 'Date')
          context.report({ node, message: 'time is handed in: use a Clock' });
      },
      MemberExpression(node) {
        const name = `${node.object.name}.${node.property.name}`;
        if (AMBIENT_MEMBERS.has(name))
          context.report({ node, message: `${name} is ambient: hand it in` });
        if (node.object.name === 'crypto' && CHANCE.has(node.property.name))
          context.report({ node, message: `${name} is ambient: hand it in` });
      },
      ImportSpecifier(node) {
        if (layer !== 'crypto' && CHANCE.has(node.imported.name))
          context.report({ node, message: 'chance is handed in: use Random' });
        if (node.parent?.source?.value === 'node:process')
          context.report({ node, message: 'settings are handed in: use Config' });
      },
    };
  },
};

export default {
  meta: { name: 'house' },
  rules: { arrows, 'no-ambient': noAmbient },
};
