/** Everything that takes time: the verifier, and looking for QR codes. */

import { Judge } from "./worker/judge.ts";
import { readPicture } from "./worker/picture.ts";
import type { CallName, Calls, Request } from "./types.ts";

let judge: Promise<Judge> | undefined;

const ready = (): Promise<Judge> => judge ?? Promise.reject(new Error("the verifier was not started"));

const calls: { [N in CallName]: (takes: Calls[N]["takes"]) => Promise<Calls[N]["gives"]> } = {
  async start({ bundled }) {
    judge = Judge.start(bundled);
    return { version: (await judge).version };
  },
  inspect: async ({ bytes }) => (await ready()).inspect(bytes),
  key: async ({ file }) => (await ready()).addKey(file),
  forgetKey: async ({ digest }) => (await ready()).forgetKey(digest),
  epoch: async ({ text }) => (await ready()).epoch(text),
  spent: async ({ nullifiers }) => (await ready()).setSpent(nullifiers),
  check: async ({ items }) => (await ready()).check(items),
  picture: async ({ picture }) => ({ text: await readPicture(picture) }),
};

// One after the other, in the order they were asked: a check sees every key and list that was given before it.
let last: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<Request>) => {
  last = last.then(() => answer(data));
};

async function answer({ call, name, takes }: Request): Promise<void> {
  try {
    const gives = await (calls[name] as (takes: unknown) => Promise<unknown>)(takes);
    self.postMessage({ call, gives });
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    self.postMessage({
      call,
      code: typeof code === "string" ? code : "internal",
      message: typeof message === "string" ? message : String(error),
    });
  }
}
