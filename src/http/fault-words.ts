import { readFault } from '../domain/faults.ts';
import { DEFAULT_LANGUAGE, type Wording } from './messages.ts';

export interface FaultWords {
  readonly text: string;
  /** English is what nobody translated, such as a message of a library nobody foresaw. */
  readonly language: Wording['language'];
}

/** What is wrong with a rule or a field, in the reader's language. */
export function faultWords({ language, text }: Wording, message: string): FaultWords {
  const fault = language === DEFAULT_LANGUAGE ? undefined : readFault(message);
  return fault
    ? { text: text(`mistake.${fault.key}`, fault.values), language }
    : { text: message, language: DEFAULT_LANGUAGE };
}
