const LOCAL_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether an address reaches this machine from this machine alone. */
export function isLocalHost({ hostname }: URL): boolean {
  return LOCAL_HOSTS.has(hostname);
}
