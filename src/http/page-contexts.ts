/**
 * Every page and what it needs, by area. A page missing here cannot be shown; a context that lacks
 * a member does not compile. Contexts hold values and codes; the wording is the template's.
 *
 * @module
 */
import type { PortalPages } from './page-contexts/portal.ts';

export interface PageContexts extends PortalPages {}

export type PageName = keyof PageContexts;
