// Groth16 alone, built for size.
import { PopwError, loader } from './api.js';
import glue from './small_glue.js';

export { PopwError };
export const load = loader(glue, () => new URL('./small_bg.wasm', import.meta.url));
