/**
 * oidc-provider, without what it says of the Node it runs on: that is decided, and tested.
 *
 * @module
 */
import { quietly } from '../../http/quietly.ts';

export const { Provider, errors, interactionPolicy } = await quietly(() => import('oidc-provider'));
