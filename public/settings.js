/**
 * Shows the look while it is typed: asks the server for the page it would be, and takes its preview.
 * Without this file a button does the same.
 *
 * @module
 */
const form = document.querySelector('form[data-preview]');
if (form instanceof HTMLFormElement) previewAsTyped(form);

function previewAsTyped(/** @type {HTMLFormElement} */ form) {
  let waiting = 0;
  let asked = 0;
  const show = async () => {
    const turn = ++asked;
    const fields = new FormData(form);
    // Whatever it holds, no password has to go along for a look.
    fields.delete('confirmPassword');
    const body = new URLSearchParams(/** @type {[string, string][]} */ ([...fields]));
    const answer = await fetch(form.dataset.preview ?? '', { method: 'POST', body });
    if (!answer.ok || turn !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const preview = page.querySelector('#preview');
    if (preview) document.querySelector('#preview')?.replaceWith(preview);
  };
  form.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void show().catch(() => undefined), 300);
  });
}
