/**
 * Comforts. Every page works without this file.
 *
 * @module
 */

for (const box of document.querySelectorAll('.secret')) addComforts(box);
for (const box of document.querySelectorAll('.copy')) addCopyButton(box);
for (const time of document.querySelectorAll('time')) tellLocally(time);
for (const head of document.querySelectorAll('[data-choose-all]')) addChooseAll(head);
// Where the menu is wider than the screen, it begins with where one is.
for (const here of document.querySelectorAll('nav [aria-current="page"]'))
  here.scrollIntoView({ block: 'nearest', inline: 'center' });
const origin = document.querySelector('[data-origin]');
if (origin instanceof HTMLInputElement) origin.value = location.origin;
const fault = document.querySelector('[data-focus], [aria-invalid="true"]');
if (fault instanceof HTMLElement) fault.focus();

/** A button that shows the password, and a word when caps lock is on. */
function addComforts(/** @type {Element} */ box) {
  const input = box.querySelector('input');
  if (!(box instanceof HTMLElement) || !input) return;

  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet show';
  button.textContent = box.dataset.show ?? '';
  button.setAttribute('aria-pressed', 'false');
  button.setAttribute('aria-controls', input.id);
  button.addEventListener('click', () => {
    const shown = input.type === 'text';
    input.type = shown ? 'password' : 'text';
    button.setAttribute('aria-pressed', String(!shown));
    input.focus();
  });
  box.append(button);
  // A shown password would be kept by the browser as ordinary form history.
  input.form?.addEventListener('submit', () => {
    input.type = 'password';
  });

  const hint = document.createElement('p');
  hint.className = 'hint caps';
  hint.setAttribute('role', 'status');
  box.after(hint);
  const watch = (/** @type {KeyboardEvent} */ event) => {
    const on = event.getModifierState?.('CapsLock') ?? false;
    hint.textContent = on ? (box.dataset.caps ?? '') : '';
  };
  input.addEventListener('keydown', watch);
  input.addEventListener('keyup', watch);
}

/** The server says UTC; the reader's own time zone is known here alone. */
function tellLocally(/** @type {HTMLTimeElement} */ time) {
  time.title = new Date(time.dateTime).toLocaleString(document.documentElement.lang, {
    dateStyle: 'medium',
    timeStyle: 'long',
  });
}

function addCopyButton(/** @type {Element} */ box) {
  const source = box.querySelector('pre');
  if (!(box instanceof HTMLElement) || !source || !navigator.clipboard) return;

  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = box.dataset.copy ?? '';
  const say = (/** @type {string | undefined} */ word) => {
    button.textContent = word ?? '';
  };
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(source.textContent ?? '').then(
      () => {
        say(box.dataset.copied);
        setTimeout(() => say(box.dataset.copy), 2000);
      },
      () => getSelection()?.selectAllChildren(source),
    );
  });
  box.append(button);
}

/** A box at the head of a list that ticks all of its boxes. */
function addChooseAll(/** @type {Element} */ head) {
  if (!(head instanceof HTMLElement)) return;
  const boxes = () => head.closest('table')?.querySelectorAll('tbody input[type="checkbox"]') ?? [];
  const all = document.createElement('input');
  all.type = 'checkbox';
  all.setAttribute('aria-label', head.dataset.chooseAll ?? '');
  all.addEventListener('change', () => {
    for (const box of boxes()) if (box instanceof HTMLInputElement) box.checked = all.checked;
  });
  const label = document.createElement('label');
  label.className = 'choice';
  label.append(all);
  head.append(label);
}
