/**
 * The colours of a rule. What it means is for the server to say.
 *
 * @module
 */
import {
  HighlightStyle,
  StreamLanguage,
  type StringStream,
  syntaxHighlighting,
} from '@codemirror/language';
import { tags } from '@lezer/highlight';

const KEYWORDS = new Set(['true', 'false', 'null', 'in']);
const NAMES = new Set(['user', 'room', 'tenant', 'issuer', 'now', 'auth', 'ip']);

function token(stream: StringStream): string | null {
  if (stream.eatSpace()) return null;
  if (stream.match('//')) {
    stream.skipToEnd();
    return 'comment';
  }
  if (stream.match(/^[rb]*(['"])(?:\\.|(?!\1).)*(?:\1|$)/i)) return 'string';
  if (stream.match(/^(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)u?/i)) return 'number';
  const word = stream.match(/^[A-Za-z_]\w*/);
  if (word) return kindOf(Array.isArray(word) ? (word[0] ?? '') : '', stream);
  if (stream.match(/^(?:&&|\|\||[=!<>]=|[-+*/%<>!?:=])/)) return 'operator';
  stream.next();
  return null;
}

function kindOf(word: string, stream: StringStream): string | null {
  if (KEYWORDS.has(word)) return 'keyword';
  if (stream.peek() === '(') return 'function';
  return NAMES.has(word) && stream.string[stream.start - 1] !== '.' ? 'variableName' : null;
}

const language = StreamLanguage.define({
  name: 'rule',
  token,
  tokenTable: { function: tags.function(tags.variableName) },
  languageData: { closeBrackets: { brackets: ['(', '[', '{', "'", '"'] } },
});

const colours = HighlightStyle.define([
  { tag: tags.string, color: 'var(--good)' },
  { tag: tags.number, color: 'var(--good)' },
  { tag: tags.keyword, fontWeight: '600' },
  { tag: tags.function(tags.variableName), color: 'var(--accent)' },
  { tag: tags.variableName, fontWeight: '600' },
  { tag: tags.operator, color: 'var(--muted)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
]);

export const ruleLanguage = [language, syntaxHighlighting(colours)];
