/**
 * What a test file has to put away when it ends, newest first.
 *
 * Files share their modules and their process, and `afterAll` called within a hook is not heard:
 * so what is left is told here, and the setup file puts it away.
 *
 * @module
 */
type PutAway = () => unknown;

const left: PutAway[] = [];

export function atEnd(putAway: PutAway): void {
  left.push(putAway);
}

export async function putAllAway(): Promise<void> {
  for (const putAway of left.splice(0).reverse()) await putAway();
}
