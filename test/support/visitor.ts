/**
 * A browser without a screen: keeps cookies, follows nothing, and sends forms as browsers do.
 *
 * @module
 */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of a redirect. */
  readonly location: string | undefined;
}

export interface Visitor {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  request(path: string, init: RequestInit): Promise<Answer>;
  /** Fetches `page` for its CSRF token, then sends the form to `path`. */
  submit(
    path: string,
    fields: Readonly<Record<string, string>>,
    options?: { page?: string; headers?: Readonly<Record<string, string>> },
  ): Promise<Answer>;
  /** Signs in by the form, and fails when that fails. */
  signIn(username: string, password: string): Promise<Answer>;
}

export function createVisitor(base: string, origin: string): Visitor {
  const cookies = new Map<string, string>();

  async function request(path: string, init: RequestInit): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (cookies.size > 0)
      headers.set('Cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await fetch(base + path, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) keep(line);
    return {
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      location: response.headers.get('Location') ?? undefined,
    };
  }

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=');
    const ended = attributes.some((one) => /^expires=Thu, 01 Jan 1970/i.test(one));
    if (ended || value === '') cookies.delete(name);
    else cookies.set(name, value);
  }

  const get: Visitor['get'] = (path, headers = {}) => request(path, { headers });

  const submit: Visitor['submit'] = async (path, fields, { page = path, headers = {} } = {}) => {
    const { text } = await get(page);
    const csrf = /name="csrf" value="([^"]*)"/.exec(text)?.[1] ?? '';
    const body = new URLSearchParams({ ...fields, csrf }).toString();
    return request(path, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Origin: origin,
        'Sec-Fetch-Site': 'same-origin',
        ...headers,
      },
      body,
    });
  };

  return {
    cookies,
    get,
    request,
    submit,
    async signIn(username, password) {
      const answer = await submit('/login', { username, password });
      if (answer.status !== 303) throw new Error(`sign-in of ${username}: ${answer.status}`);
      return answer;
    },
  };
}
