/**
 * What tests of "Test this directory" ask.
 *
 * @module
 */
export const TEST = '/admin/upstreams/company/test';
export const ASKED = { issuer: 'main', room: 'Standup' };
export const wordsOf = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
