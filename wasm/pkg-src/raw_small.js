// Groth16 proofs without documents, built for size.
import { PopwError, Raw, loaderOf } from './raw_api.js';
import glue from './raw_small_glue.js';

export { PopwError };
export const load = loaderOf(Raw, glue, () => new URL('./raw_small_bg.wasm', import.meta.url));
