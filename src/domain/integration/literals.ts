/**
 * Text as a literal of the languages that Jitsi's files are written in.
 *
 * @module
 */

export function lua(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

export function js(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** The value of a variable in an `.env` file of Docker Compose. */
export function env(text: string): string {
  if (/^[\w@%+=:,./~*?&{}<> -]*$/.test(text)) return text;
  if (!text.includes("'")) return `'${text}'`;
  return `"${text.replace(/[\\"$]/g, '\\$&')}"`;
}

export function nix(text: string): string {
  return `"${text.replace(/[\\"]|\$(?=\{)/g, '\\$&')}"`;
}

/** A line inside an indented string of Nix (`''…''`). */
export function insideNix(text: string): string {
  return text.replace(/''/g, "'''").replace(/\$\{/g, "''${");
}
