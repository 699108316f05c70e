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
  directory: ['domain'],
  operations: ['domain', 'crypto', 'stores', 'directory'],
  http: ['domain', 'crypto'],
  doors: ['domain', 'crypto', 'stores', 'directory', 'operations', 'http'],
  config: ['domain', 'crypto'],
  wiring: ['domain', 'crypto', 'stores', 'directory', 'operations', 'http', 'doors', 'config'],
  demo: [
    'domain',
    'crypto',
    'stores',
    'directory',
    'operations',
    'http',
    'doors',
    'config',
    'wiring',
  ],
};

/** Layer → the packages it may import, where that is a rule. Everything else may import any. */
const PACKAGES = {
  domain: [/^zod$/, /^@marcbachmann\/cel-js(?:\/serialize)?$/, /^ipaddr\.js$/],
  crypto: [/^node:(crypto|util|os)$/, /^jose$/, /^@node-rs\/(argon2|bcrypt)$/],
};

/** Package → the only layers that may import it. */
const ONLY_IN = {
  knex: ['stores'],
  pg: ['stores'],
  '@electric-sql/pglite': ['stores'],
  'openid-client': ['directory'],
  ldapts: ['directory'],
  koa: ['http', 'doors', 'wiring', 'demo'],
  '@koa/router': ['http', 'doors', 'wiring', 'demo'],
  nunjucks: ['http'],
  '@node-rs/argon2': ['crypto'],
  '@node-rs/bcrypt': ['crypto'],
};

/** Layers whose neighbours may be known by type only. */
const TYPES_ONLY = { operations: ['stores', 'directory'] };

/** Layers that may compute a module's name: the stores find migrations by theirs. */
const MAY_COMPUTE = ['stores'];

// Greedy: a clone may itself lie below some other `src/`.
const SRC = /^.*[\\/]src[\\/]([^\\/]+)(?:[\\/]([^\\/]+))?/;

/** The text of a string, or of a template without holes. */
function textOf(node) {
  if (typeof node?.value === 'string') return node.value;
  if (node?.type === 'TSLiteralType') return textOf(node.literal);
  if (node?.type === 'TemplateLiteral' && node.expressions.length === 0)
    return node.quasis[0].value.cooked;
  return undefined;
}

/** Whether an import or export vanishes when types are erased. */
function isTypeOnly(node) {
  if (node.type === 'TSImportType') return true;
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  return (
    node.specifiers?.length > 0 &&
    node.specifiers.every((s) => s.importKind === 'type' || s.exportKind === 'type')
  );
}

/** Calls `seen(node, source)` for every way in which a module names another. */
function eachImport(seen, unreadable) {
  const declared = (node) => {
    if (node.source) seen(node, textOf(node.source));
  };
  const computed = (node, argument) => {
    const source = textOf(argument);
    if (source === undefined) unreadable(node);
    else seen(node, source);
  };
  return {
    ImportDeclaration: declared,
    ExportNamedDeclaration: declared,
    ExportAllDeclaration: declared,
    ImportExpression: (node) => computed(node, node.source),
    TSImportType: (node) => computed(node, node.source ?? node.argument),
  };
}

const arrows = {
  create(context) {
    const here = SRC.exec(context.filename);
    const layer = here?.[1];
    if (!layer || layer === 'main.ts') return {};
    if (!(layer in MAY_IMPORT))
      return {
        Program: (node) => context.report({ node, message: `src/${layer} is no layer of ours` }),
      };

    const check = (node, source) => {
      const message = source.startsWith('.')
        ? wrongNeighbour(source, isTypeOnly(node))
        : wrongPackage(source);
      if (message) context.report({ node, message });
    };

    function wrongNeighbour(source, typeOnly) {
      const there = SRC.exec(path.resolve(path.dirname(context.filename), source));
      const target = there?.[1];
      const root = here[0].slice(0, here[0].lastIndexOf(`${path.sep}src${path.sep}`));
      if (!target || !there[0].startsWith(`${root}${path.sep}src${path.sep}`))
        return `${layer} reaches outside src/`;
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
      if (/^(?:node:)?module$/.test(source)) return 'modules are imported, not required';
      if (PACKAGES[layer] && !PACKAGES[layer].some((allowed) => allowed.test(source)))
        return `${layer} must not import ${source}`;
      if (ONLY_IN[name] && !ONLY_IN[name].includes(layer))
        return `${source} belongs to ${ONLY_IN[name].join(', ')}`;
      return undefined;
    }

    return {
      ...eachImport(check, (node) => {
        if (!MAY_COMPUTE.includes(layer))
          context.report({ node, message: 'an import names its module by a literal' });
      }),
      CallExpression(node) {
        if (node.callee.name === 'require')
          context.report({ node, message: 'modules are imported, not required' });
      },
    };
  },
};

/** Layers that read the world, to hand it to all others. */
const AMBIENT_LAYERS = ['config', 'wiring', 'demo'];

/** Modules that are nothing but ambient. */
const AMBIENT_MODULES = {
  process: 'settings are handed in: use Config',
  perf_hooks: 'time is handed in: use a Clock',
};

const AMBIENT_MEMBERS = new Set([
  'Date.now',
  'Temporal.Now',
  'performance.now',
  'performance.timeOrigin',
  'process.hrtime',
  'process.uptime',
  'process.env',
  'process.argv',
  'process.cwd',
  'Math.random',
]);

/** Globals that must be used by their own name, so that the other checks can see them. */
const GLOBALS = new Set(['Date', 'Math', 'Temporal', 'performance', 'process', 'crypto']);
const GLOBAL_OBJECTS = new Set(['globalThis', 'global', 'self']);

const CHANCE = /^(?:random|pseudoRandom|getRandom|generate)|^webcrypto$/;

const noAmbient = {
  create(context) {
    const layer = SRC.exec(context.filename)?.[1];
    if (!layer || layer === 'main.ts' || AMBIENT_LAYERS.includes(layer)) return {};
    const mayRollDice = layer === 'crypto';
    const report = (node, message) => context.report({ node, message });

    /** `Date` for `Date` and `globalThis.Date`; undefined for anything else. */
    function globalName(node) {
      if (node?.type === 'Identifier') return node.name;
      const viaObject = node?.type === 'MemberExpression' && GLOBAL_OBJECTS.has(node.object.name);
      return viaObject ? memberName(node) : undefined;
    }

    function memberName(node) {
      return node.computed ? textOf(node.property) : node.property.name;
    }

    function checkModule(node, source) {
      const name = source.replace(/^node:/, '');
      if (isTypeOnly(node)) return;
      if (Object.hasOwn(AMBIENT_MODULES, name)) report(node, AMBIENT_MODULES[name]);
      if (name === 'crypto' && !mayRollDice && !node.specifiers?.every(isHarmless))
        report(node, 'chance is handed in: use Random');
    }

    /** Whether one name taken from node:crypto is neither chance nor the whole module. */
    function isHarmless(specifier) {
      const name = specifier.imported?.name ?? specifier.local?.name;
      const named = specifier.type === 'ImportSpecifier' || specifier.type === 'ExportSpecifier';
      return named && !CHANCE.test(name);
    }

    return {
      ...eachImport(checkModule, () => {}),
      NewExpression(node) {
        if (globalName(node.callee) === 'Date' && node.arguments.length === 0)
          report(node, 'time is handed in: use a Clock');
      },
      CallExpression(node) {
        if (globalName(node.callee) === 'Date') report(node, 'time is handed in: use a Clock');
      },
      MemberExpression(node) {
        const object = globalName(node.object);
        const name = `${object}.${memberName(node)}`;
        const isChance = object === 'crypto' && CHANCE.test(memberName(node)) && !mayRollDice;
        if (AMBIENT_MEMBERS.has(name) || isChance) report(node, `${name} is ambient: hand it in`);
      },
      VariableDeclarator(node) {
        const name = globalName(node.init);
        const isAlias = GLOBALS.has(name) && !(name === 'crypto' && mayRollDice);
        if (isAlias || GLOBAL_OBJECTS.has(name))
          report(node, `${name} goes by its own name: no alias, no destructuring`);
      },
    };
  },
};

export default {
  meta: { name: 'house' },
  rules: { arrows, 'no-ambient': noAmbient },
};
