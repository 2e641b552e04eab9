/** What views can ask of the page beyond the state. */

import type { Child } from "../dom.ts";
import type { Proof } from "../state.ts";

export interface Actions {
  /** Opens the file picker. */
  choose(): void;
  /** The sharing part of a card. */
  share(proof: Proof): Child;
}
