import { FilterParser, type Filter } from 'ldapts';
import { DirectoryFailure } from '../domain/upstreams/ldap/fault.ts';
import { fillFilter, tidyFilter } from '../domain/upstreams/ldap/filter.ts';

/** @throws {DirectoryFailure} `filter_wrong`. */
export function readFilter(text: string): Filter {
  try {
    return FilterParser.parseString(tidyFilter(text));
  } catch (error) {
    throw new DirectoryFailure('filter_wrong', error instanceof Error ? error.message : text);
  }
}

/**
 * A fault is told of the template alone: what people type as their name may be their password.
 *
 * @throws {DirectoryFailure} `filter_wrong`.
 */
export function filterFor(template: string, login: string): Filter {
  readFilter(template);
  return FilterParser.parseString(fillFilter(template, login));
}
