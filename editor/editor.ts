/**
 * One field become an editor. It lives in a shadow root: there its styles are adopted sheets, which
 * the page's policy (no inline style) lets through.
 *
 * @module
 */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { type Diagnostic, linter, lintKeymap } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap } from '@codemirror/view';
import { completeRules } from './completion.ts';
import { ruleLanguage } from './language.ts';
import { findMistakes, type Mistake, type Subject } from './server.ts';
import { theme } from './theme.ts';
import { typeOverSelection } from './typing.ts';
import type { Wording } from './wording.ts';

const CHECK_AFTER_MS = 400;

export function createEditor(field: HTMLTextAreaElement, wording: Wording): void {
  const { rule: kind = 'rule', issuer = '' } = field.dataset;
  const subject: Subject = { kind, issuer };
  const status = statusBelow(field);
  const host = document.createElement('div');
  host.className = 'rule-editor';
  const root = host.attachShadow({ mode: 'open' });
  const hadFocus = document.activeElement === field;
  const isReadOnly = field.matches(':disabled') || field.readOnly;
  // Many rules on a page: what nobody touched is not asked about.
  let isTouched = false;

  const check = async (view: EditorView): Promise<readonly Diagnostic[]> => {
    const source = view.state.doc.toString();
    if (!isTouched || source.trim() === '') {
      say(status, undefined);
      return [];
    }
    const mistakes = await findMistakes(field, subject, source);
    const [mistake] = mistakes ?? [];
    say(status, mistakes && { text: tell(mistake, wording), isWrong: mistake !== undefined });
    return mistake ? [toDiagnostic(mistake, source.length)] : [];
  };

  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: field.value,
      extensions: [
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        ruleLanguage,
        autocompletion({ override: [completeRules(subject)], icons: false }),
        linter(check, { delay: CHECK_AFTER_MS }),
        EditorView.lineWrapping,
        typeOverSelection,
        EditorState.readOnly.of(isReadOnly),
        EditorView.contentAttributes.of(attributesOf(field)),
        EditorState.phrases.of({ Completions: wording.completions }),
        // Tab is not among the keys: it leaves the field, as everywhere else on the page.
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          { key: 'Mod-Enter', run: acceptCompletion },
          ...defaultKeymap,
          ...historyKeymap,
          ...lintKeymap,
        ]),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (!docChanged) return;
          isTouched = true;
          field.value = state.doc.toString();
          field.dispatchEvent(new Event('input', { bubbles: true }));
          hideOldFault(field);
        }),
        theme,
      ],
    }),
  });

  field.before(host);
  field.hidden = true;
  // What is hidden cannot be filled in: the server asks for it instead.
  field.required = false;
  for (const label of field.labels) label.addEventListener('click', () => view.focus());
  if (hadFocus) view.focus();
}

/** The label's words and what describes the field: neither reaches into a shadow root by id. */
function attributesOf(field: HTMLTextAreaElement): Record<string, string> {
  const [label] = field.labels;
  const hints = (field.getAttribute('aria-describedby') ?? '')
    .split(/\s+/)
    .flatMap((id) => (id === '' ? [] : (document.getElementById(id)?.textContent ?? [])));
  const description = hints.join(' ').replace(/\s+/g, ' ').trim();
  return {
    'aria-label': label?.textContent?.trim() ?? field.name,
    spellcheck: 'false',
    autocapitalize: 'none',
    ...(description === '' ? {} : { 'aria-description': description }),
    ...(field.matches(':disabled') || field.readOnly ? { 'aria-readonly': 'true' } : {}),
    ...(field.getAttribute('aria-invalid') === 'true' ? { 'aria-invalid': 'true' } : {}),
  };
}

function toDiagnostic({ start, length, message, hint }: Mistake, end: number): Diagnostic {
  const from = Math.min(start, end);
  const text = hint === undefined ? message : `${message}. ${hint}`;
  return {
    from,
    to: Math.min(Math.max(start + length, from), end),
    severity: 'error',
    message: text,
  };
}

function statusBelow(field: HTMLTextAreaElement): HTMLElement {
  const status = document.createElement('p');
  status.className = 'hint rule-status';
  status.setAttribute('role', 'status');
  field.after(status);
  return status;
}

interface Said {
  readonly text: string;
  readonly isWrong: boolean;
}

/** Nothing is said when the server could not be asked. */
function say(status: HTMLElement, said: Said | undefined): void {
  status.textContent = said?.text ?? '';
  status.classList.toggle('fault', said?.isWrong ?? false);
}

function tell(mistake: Mistake | undefined, { faultAt, right }: Wording): string {
  if (!mistake) return right;
  const place = faultAt
    .replace('{line}', String(mistake.line))
    .replace('{column}', String(mistake.column));
  const hint = mistake.hint === undefined ? '' : `. ${mistake.hint}`;
  return `${place} ${mistake.message}${hint}`;
}

/** What was wrong with the text that was sent says nothing of the one that is typed now. */
function hideOldFault(field: HTMLTextAreaElement): void {
  const old = document.getElementById(`${field.id}-fault`);
  if (old) old.hidden = true;
}
