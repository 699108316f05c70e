/** HTTP/1.1 as it goes over the wire. */
export function getRequest(path: string, headers: Readonly<Record<string, string>> = {}): string {
  return `GET ${path} HTTP/1.1\r\n${fields({ Host: '127.0.0.1', ...headers })}\r\n`;
}

export function formRequest(
  path: string,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): string {
  const body = new URLSearchParams(form).toString();
  return postRequest(path, body, { 'Content-Length': String(body.length), ...headers });
}

/** A step of a flow: `{{name}}` in the form is filled in when it is sent. */
export function formStep(path: string, form: Readonly<Record<string, string>>): string {
  const body = new URLSearchParams(form).toString();
  const places = body.replaceAll('%7B%7B', '{{').replaceAll('%7D%7D', '}}');
  return postRequest(path, places, { 'Content-Length': '{{length}}' });
}

function postRequest(path: string, body: string, headers: Readonly<Record<string, string>>) {
  const own = { Host: '127.0.0.1', 'Content-Type': 'application/x-www-form-urlencoded' };
  return `POST ${path} HTTP/1.1\r\n${fields({ ...own, ...headers })}\r\n${body}`;
}

function fields(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}
