/**
 * Words to choose from: groups inside `inGroup('…')`, attributes behind `user.attributes.`, what can
 * be asked of a text behind a dot, and the names and functions there are.
 *
 * @module
 */
import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippetCompletion,
  startCompletion,
} from '@codemirror/autocomplete';
import type { EditorView } from '@codemirror/view';
import { findWords, type Subject, type Word, type Words } from './server.ts';

const GROUP = /inGroup\(\s*(['"])((?:(?!\1).)*)$/;
const ATTRIBUTE = /\battributes(?:\.|\[\??['"])([\w-]*)$/;
const METHOD = /(?:[\w)\]'"]\.)(\w*)$/;
const PATH = /\b(?:user|auth)\.\w*$/;
const NAME = /\w+$/;
const PLAIN = /^[A-Za-z_]\w*$/;

export function completeRules(subject: Subject) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const { text, from } = context.state.doc.lineAt(context.pos);
    const before = text.slice(0, context.pos - from);
    const words = await findWords(subject);
    if (!words || context.aborted) return null;
    const found = choose(before, words, context.explicit);
    return (
      found && {
        from: context.pos - found.typed.length,
        options: found.options,
        validFor: /^[\w .-]*$/,
      }
    );
  };
}

interface Choice {
  /** What is replaced. */
  readonly typed: string;
  readonly options: readonly Completion[];
}

function choose(
  before: string,
  { words, groups, attributes }: Words,
  isAsked: boolean,
): Choice | null {
  const group = GROUP.exec(before);
  if (group) return { typed: group[2] ?? '', options: groups.map(asText('class')) };
  const attribute = ATTRIBUTE.exec(before);
  if (attribute) {
    const inBrackets = /\[\??['"][\w-]*$/.test(before);
    const fitting = attributes.filter((name) => inBrackets || PLAIN.test(name));
    return { typed: attribute[1] ?? '', options: fitting.map(asText('property')) };
  }
  const path = PATH.exec(before);
  if (path) return { typed: path[0], options: words.filter(isPath).map(toOption) };
  const method = METHOD.exec(before);
  if (method) return { typed: method[1] ?? '', options: words.filter(isMethod).map(toOption) };
  const name = NAME.exec(before);
  if (!name && !isAsked) return null;
  return { typed: name?.[0] ?? '', options: words.filter((word) => !isMethod(word)).map(toOption) };
}

const asText =
  (type: string) =>
  (label: string): Completion => ({ label, type });
const isPath = ({ text }: Word) => text.includes('.');
const LIST_MACROS = ['exists(x, x)', 'all(x, x)'];
const isMethod = ({ kind, text }: Word) => kind === 'method' || LIST_MACROS.includes(text);

function toOption({ text, kind, type, help }: Word): Completion {
  const option = {
    label: text.replace(/\(.*$/, (call) => (call === '()' ? '()' : '(…)')),
    detail: type,
    info: help,
    type: kind === 'variable' ? 'variable' : 'function',
  };
  if (kind === 'variable') return { ...option, label: text };
  // The cursor comes to stand where something is to be written.
  const holes = text.replace("('')", "('#{}')").replace('()', '(#{})').replace('x, x', '#{x}, #{}');
  const snippet = snippetCompletion(holes, option);
  if (text !== "inGroup('')" || typeof snippet.apply !== 'function') return snippet;
  const { apply } = snippet;
  return {
    ...snippet,
    apply(view: EditorView, completion: Completion, from: number, to: number) {
      apply(view, completion, from, to);
      startCompletion(view);
    },
  };
}
